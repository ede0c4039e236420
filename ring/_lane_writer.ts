import { ReusedBuffer } from "@ipc/libc/rings";
import * as layout from "./_layout.ts";
import type { LaneMemory } from "./_memory.ts";

// V8 takes a constant of this module for one; what is imported it loads and
// checks at every use.
const { ASLEEP, damaged, GONE, PADDING, recordSize } = layout;
const { POSITION, READING, RECORD, WAITING } = layout;
const { tail: TAIL, head: HEAD, dropped: DROPPED } = layout.LANE;

/** The producer's side of one lane. */
export class LaneWriter {
  /** Which lane. */
  readonly index: number;
  /** Where messages go. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly #what: string;
  readonly #control: Int32Array<ArrayBuffer>;
  readonly #words: Int32Array<ArrayBuffer>;
  readonly #longs: BigInt64Array<ArrayBuffer>;
  readonly #source = new ReusedBuffer();
  readonly #capacity: number;
  readonly #mask: number;
  readonly #drops: boolean;
  /** The position after what was put in. */
  #tail: number;
  /** The position that the consumer knows. */
  #published: number;
  /** What the consumer wanted when it was told on the way. */
  #wishes = 0;
  /** Where the consumer was, when it was last looked at. */
  #head: number;
  /** The same, with the bits that came with it. */
  #word = 0;

  constructor(what: string, memory: LaneMemory, drops: boolean) {
    this.index = memory.index;
    this.bytes = memory.bytes;
    this.#what = what;
    this.#control = memory.control;
    this.#words = memory.words;
    this.#longs = memory.longs;
    this.#capacity = memory.bytes.length;
    this.#mask = this.#capacity - 1;
    this.#drops = drops;
    const tail = Atomics.load(this.#control, TAIL) & POSITION;
    this.#tail = this.#published = this.#head = tail;
    this.stayAwake();
    this.#refresh();
  }

  /** Whether messages were put in that the consumer does not know of. */
  get hasUnpublished(): boolean {
    return this.#tail !== this.#published;
  }

  /**
   * Finds room for a message. What was reserved and not committed is given up.
   *
   * @param length Its length in bytes.
   * @returns Where it goes in `bytes`, or −1 if there is no room.
   */
  reserve(length: number): number {
    const need = (length + RECORD + 7) & ~7;
    const offset = this.#tail & this.#mask;
    const rest = this.#capacity - offset;
    if (need > rest) return this.#goRound(rest, need);
    if (need > this.#room() && !this.#makeRoom(need)) return -1;
    return offset + RECORD;
  }

  /** Reserves at the start of the lane: the rest of it is not enough. */
  #goRound(rest: number, need: number): number {
    const total = rest + need;
    if (total > this.#room() && !this.#makeRoom(total)) return -1;
    this.#mark(PADDING);
    this.#tail = (this.#tail + rest) | 0;
    return RECORD;
  }

  /**
   * Puts a message in, if there is room.
   *
   * @param message The message.
   * @returns Whether there was.
   */
  put(message: Uint8Array): boolean {
    const { length } = message;
    const at = this.reserve(length);
    if (at === -1) return false;
    const source = this.#source.longsOf(message, length);
    if (source === undefined) {
      this.bytes.set(message, at);
    } else {
      const { bytes } = this;
      const longs = this.#longs;
      const to = at >> 3;
      const whole = length >> 3;
      for (let i = 0; i < whole; i++) longs[to + i] = source[i]!;
      for (let i = whole << 3; i < length; i++) bytes[at + i] = message[i]!;
    }
    this.commit(length);
    return true;
  }

  /**
   * Puts a message in, if there is room, and tells the consumer.
   *
   * @param message The message.
   * @returns What the consumer wants, as `publish` does; −1 if there is no room.
   */
  send(message: Uint8Array): number {
    return this.put(message) ? this.publish() : -1;
  }

  /** Puts in what was reserved, with that length or a shorter one. */
  commit(length: number): void {
    this.#mark(length);
    this.#tail = (this.#tail + RECORD + length + 7) & POSITION;
  }

  /**
   * Tells the consumer of all that was put in.
   *
   * @returns What the consumer wants: {@linkcode ASLEEP}, {@linkcode GONE}.
   */
  publish(): number {
    const tail = this.#published = this.#tail;
    // What it says was written before it: whoever sees it sees that too.
    const was = Atomics.exchange(this.#control, TAIL, tail);
    const wishes = (was & (ASLEEP | GONE)) | this.#wishes;
    this.#wishes = 0;
    return wishes;
  }

  /**
   * Asks the consumer to wake this side when there is room.
   *
   * @param length For a message of this length.
   * @returns Whether there is already.
   */
  fallAsleep(length: number): boolean {
    Atomics.or(this.#control, HEAD, WAITING);
    return this.reserve(length) !== -1;
  }

  /** Takes that back. */
  stayAwake(): void {
    Atomics.and(this.#control, HEAD, ~WAITING);
  }

  /** What the consumer was to be told when there was no room. */
  takeWishes(): number {
    const wishes = this.#wishes;
    this.#wishes = 0;
    return wishes;
  }

  /** How many bytes are free. */
  #room(): number {
    return this.#capacity - ((this.#tail - this.#head) | 0);
  }

  /** Writes the header of the record at the tail. */
  #mark(length: number): void {
    const tail = this.#tail;
    const words = this.#words;
    const at = (tail & this.#mask) >> 2;
    words[at] = length;
    words[at + 1] = tail;
  }

  #makeRoom(total: number): boolean {
    const isReading = this.#refresh();
    if (total <= this.#room()) return true;
    // A consumer that waits must know of everything, or nobody would go on.
    if (this.hasUnpublished) this.#wishes = this.publish();
    if (!this.#drops || isReading) return false;
    return this.#dropOldest(total);
  }

  /**
   * Looks how far the consumer is.
   *
   * @returns Whether it reads there.
   */
  #refresh(): boolean {
    const value = Atomics.load(this.#control, HEAD);
    const head = value & POSITION;
    const used = (this.#tail - head) | 0;
    if (
      used < 0 || used > this.#capacity ||
      (value & READING) !== 0 && !this.#drops
    ) {
      throw damaged(
        this.#what,
        `its head is ${value >>> 0} where its tail is ${this.#tail >>> 0} ` +
          `and its capacity ${this.#capacity}`,
      );
    }
    this.#head = head;
    this.#word = value;
    return (value & READING) !== 0;
  }

  /** Drops the oldest messages, unless the consumer reads there. */
  #dropOldest(total: number): boolean {
    for (let tries = 0; tries < 1000; tries++) {
      let head = this.#head;
      let dropped = 0;
      while (this.#capacity - ((this.#tail - head) | 0) < total) {
        const at = head & this.#mask;
        const length = this.#words[at >> 2]!;
        const mark = this.#words[(at >> 2) + 1]!;
        const isPadding = length === PADDING;
        const size = isPadding ? this.#capacity - at : recordSize(length);
        if (
          mark !== head || length < PADDING ||
          size > ((this.#tail - head) | 0)
        ) {
          throw damaged(
            this.#what,
            `the record at ${head >>> 0} says that it is at ${mark >>> 0}, ` +
              `and has ${length} bytes`,
          );
        }
        head = (head + size) | 0;
        if (!isPadding) dropped++;
      }
      const word = this.#word;
      const was = Atomics.compareExchange(
        this.#control,
        HEAD,
        word,
        head,
      );
      if (was === word) {
        this.#head = head;
        Atomics.add(this.#control, DROPPED, dropped);
        return true;
      }
      if (this.#refresh()) return false;
      if (total <= this.#room()) return true;
    }
    return false;
  }
}
