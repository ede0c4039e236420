import { LongCopy, ReusedBuffer } from "@ipc/libc/rings";
import type { Slab } from "@ipc/libc/rings";
import * as layout from "./_layout.ts";
import type { LaneMemory } from "./_memory.ts";

// V8 takes a constant of this module for one; what is imported it loads and
// checks at every use.
const { ASLEEP, damaged, GONE, longestMessage, PADDING } = layout;
const { POSITION, READING, RECORD, WAITING } = layout;
const { tail: TAIL, head: HEAD, dropped: DROPPED } = layout.LANE;

/**
 * The consumer's side of one lane. Whatever the memory says is read once, and
 * checked before it is used.
 */
export class LaneReader {
  /** Which lane. */
  readonly index: number;
  readonly #what: string;
  readonly #control: Int32Array<ArrayBuffer>;
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #words: Int32Array<ArrayBuffer>;
  readonly #longs: BigInt64Array<ArrayBuffer>;
  readonly #capacity: number;
  readonly #mask: number;
  readonly #longest: number;
  readonly #drops: boolean;
  readonly #turn: number;
  readonly #slab: Slab;
  /** The end of what was committed, when it was last looked at. */
  #tail: number;
  /** The same, or where it is another lane's turn. */
  #stop: number;
  /** The position after the messages that were taken. */
  #cursor: number;
  /** What the head is: the position that the producer knows, and its bits. */
  #head: number;
  /** Whether the producer, who drops the oldest, may move the head. */
  #follows: boolean;
  /** The message that was found. */
  #at = 0;
  #length = 0;
  /** The position after it. */
  #next = 0;
  readonly #target = new ReusedBuffer();
  readonly #long: LongCopy;

  /**
   * Begins where the consumer before has ended.
   *
   * @param what What the ring is called in messages.
   * @param memory The lane.
   * @param drops Whether its oldest messages are dropped when it is full.
   * @param turn How many bytes to take at most before others have their turn.
   * @param slab Where copies go.
   */
  constructor(
    what: string,
    memory: LaneMemory,
    drops: boolean,
    turn: number,
    slab: Slab,
  ) {
    this.index = memory.index;
    this.#what = what;
    this.#control = memory.control;
    this.#bytes = memory.bytes;
    this.#long = new LongCopy(memory.bytes);
    this.#words = memory.words;
    this.#longs = memory.longs;
    this.#capacity = memory.bytes.length;
    this.#mask = this.#capacity - 1;
    this.#longest = longestMessage(this.#capacity);
    this.#drops = this.#follows = drops;
    this.#turn = turn;
    this.#slab = slab;
    // Who read here last may have died over it.
    const head = Atomics.and(this.#control, HEAD, ~READING) & POSITION;
    this.#head =
      this.#cursor =
      this.#tail =
      this.#stop =
        head;
    Atomics.and(this.#control, TAIL, POSITION);
    this.refresh();
  }

  /** The length of the message that was found, in bytes. */
  get length(): number {
    return this.#length;
  }

  /** Whether there is more of what was looked at last, and it has its turn. */
  get hasMore(): boolean {
    return ((this.#stop - this.#cursor) | 0) > 0;
  }

  /** The position after what its producer has committed, as far as is known. */
  get end(): number {
    return this.#tail;
  }

  /**
   * Whether everything before a position was taken.
   *
   * @param position The position.
   */
  isPast(position: number): boolean {
    return ((this.#cursor - position) | 0) >= 0;
  }

  /** Ends its turn. */
  yield(): void {
    this.#stop = this.#cursor;
  }

  /**
   * Looks how far the producer is.
   *
   * @returns Whether there is something.
   */
  refresh(): boolean {
    if (this.#follows) this.#follow();
    return this.#see(Atomics.load(this.#control, TAIL));
  }

  /** Takes note of a tail. */
  #see(word: number): boolean {
    const tail = word & POSITION;
    const used = (tail - this.#cursor) | 0;
    // What is negative is greater than any.
    if (used >>> 0 > this.#turn) return this.#seeMuch(tail, used);
    this.#tail = this.#stop = tail;
    return used !== 0;
  }

  /** The same of one that is further than a turn, or of nonsense. */
  #seeMuch(tail: number, used: number): boolean {
    if (used >>> 0 > this.#capacity) this.#checkTail(tail);
    this.#tail = tail;
    this.#stop = used > 0 ? (this.#cursor + this.#turn) | 0 : tail;
    return true;
  }

  /** Throws, unless the producer drops: it moves both, one after the other. */
  #checkTail(tail: number): void {
    if (this.#follows) return;
    throw damaged(
      this.#what,
      `its tail is ${tail >>> 0} where its head is ${this.#cursor >>> 0} ` +
        `and its capacity ${this.#capacity}`,
    );
  }

  /**
   * Finds the next message of what was looked at.
   *
   * @returns Whether there is one.
   */
  find(): boolean {
    if (this.#follows && !this.#beginReading()) return false;
    const cursor = this.#cursor;
    const at = cursor & this.#mask;
    const index = at >> 2;
    const words = this.#words;
    const length = words[index]!;
    const size = (length + RECORD + 7) & ~7;
    const left = (this.#tail - cursor) | 0;
    // A length that is negative is greater than any.
    if (
      words[index + 1] !== cursor || length >>> 0 > this.#longest ||
      size > left || size > this.#capacity - at
    ) return this.#skip(cursor, at, length);
    this.#at = at + RECORD;
    this.#length = length;
    this.#next = (cursor + size) | 0;
    return true;
  }

  /** Finds what is behind padding, if it is that. */
  #skip(cursor: number, at: number, length: number): boolean {
    const left = (this.#tail - cursor) | 0;
    if (left === 0) return false;
    const mark = this.#words[(at >> 2) + 1]!;
    const rest = this.#capacity - at;
    if (length !== PADDING || mark !== cursor || rest > left || at === 0) {
      throw damaged(
        this.#what,
        `the record at ${cursor >>> 0} says that it is at ${mark >>> 0}, and ` +
          `has ${length} bytes, where ${left} are committed`,
      );
    }
    this.#cursor = (cursor + rest) | 0;
    if (left !== rest) return this.find();
    if (this.#drops) this.release();
    return false;
  }

  /** Takes what was found: a view of the memory. */
  view(): Uint8Array<ArrayBuffer> {
    this.#cursor = this.#next;
    return this.#bytes.subarray(this.#at, this.#at + this.#length);
  }

  /** Takes what was found: a copy. */
  copy(): Uint8Array<ArrayBuffer> {
    this.#cursor = this.#next;
    return this.#slab.copy(this.#bytes, this.#longs, this.#length, this.#at);
  }

  /** Takes what was found, into a buffer that has room for it. */
  copyInto(target: Uint8Array): number {
    this.#cursor = this.#next;
    const length = this.#length;
    const to = this.#target.longsOf(target, length);
    if (to === undefined) return this.#setInto(target);
    const longs = this.#longs;
    const from = this.#at >> 3;
    const whole = length >> 3;
    for (let i = 0; i < whole; i++) to[i] = longs[from + i]!;
    if ((length & 7) !== 0) this.#copyRest(target, whole << 3);
    return length;
  }

  /** Copies the last bytes, which are no whole word. */
  #copyRest(target: Uint8Array, start: number): void {
    const at = this.#at;
    const length = this.#length;
    for (let i = start; i < length; i++) target[i] = this.#bytes[at + i]!;
  }

  #setInto(target: Uint8Array): number {
    this.#long.copy(target, this.#at, this.#length);
    return this.#length;
  }

  /**
   * Gives the producer the room of all that was taken.
   *
   * @returns Whether the producer is to be woken.
   */
  release(): boolean {
    const cursor = this.#cursor;
    if (cursor === this.#head) return false;
    this.#head = cursor;
    this.#follows = this.#drops;
    // All was read before it: whoever sees it may write there.
    const was = Atomics.exchange(this.#control, HEAD, cursor);
    return (was & WAITING) !== 0;
  }

  /**
   * Asks the producer to wake this side when it goes on.
   *
   * @returns Whether it has gone on already.
   */
  fallAsleep(): boolean {
    if (this.#follows) this.#follow();
    return this.#see(Atomics.or(this.#control, TAIL, ASLEEP));
  }

  /** Takes that back. */
  stayAwake(): void {
    Atomics.and(this.#control, TAIL, ~ASLEEP);
  }

  /** Leaves the lane; what was taken and not released stays there. */
  leave(): void {
    if (this.#drops) Atomics.and(this.#control, HEAD, ~READING);
    Atomics.and(this.#control, TAIL, ~ASLEEP);
    Atomics.or(this.#control, TAIL, GONE);
  }

  /** How many messages the producers of this lane have dropped. */
  get dropped(): number {
    return Atomics.load(this.#control, DROPPED) >>> 0;
  }

  /** Goes to where the producer, who drops the oldest, has moved the head. */
  #follow(): void {
    const head = Atomics.load(this.#control, HEAD) & POSITION;
    this.#head = this.#cursor = head;
  }

  /**
   * Keeps the producer from dropping what is read.
   *
   * @returns Whether there is something to be read.
   */
  #beginReading(): boolean {
    if (!this.refresh()) return false;
    const word = Atomics.or(this.#control, HEAD, READING);
    this.#follows = false;
    this.#head = word | READING;
    this.#cursor = word & POSITION;
    return this.refresh();
  }
}
