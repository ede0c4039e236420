import type { Slab } from "@ipc/libc/rings";
import {
  damaged,
  LANE,
  PADDING,
  READING,
  RECORD,
  recordSize,
} from "./_layout.ts";
import type { LaneMemory } from "./_memory.ts";

/** Longer messages are copied by `set`, shorter ones word by word. */
const SHORT = 256;

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
  readonly #capacity: number;
  readonly #mask: number;
  readonly #drops: boolean;
  readonly #slab: Slab;
  /** The end of what was committed, when it was last looked at. */
  #tail: number;
  /** The position after the messages that were taken. */
  #cursor: number;
  /** The position that the producer knows. */
  #head: number;
  #isReading = false;
  /** The message that was found. */
  #at = 0;
  #length = 0;
  /** The memory that messages were copied to last, in words. */
  #targetBuffer: ArrayBufferLike | undefined;
  #targetWords = new Int32Array(0);

  constructor(what: string, memory: LaneMemory, drops: boolean, slab: Slab) {
    this.index = memory.index;
    this.#what = what;
    this.#control = memory.control;
    this.#bytes = memory.bytes;
    this.#words = memory.words;
    this.#capacity = memory.bytes.length;
    this.#mask = this.#capacity - 1;
    this.#drops = drops;
    this.#slab = slab;
    const head = Atomics.load(this.#control, LANE.head);
    // Who read here last may have died over it.
    if ((head & READING) !== 0) {
      Atomics.compareExchange(this.#control, LANE.head, head, head & ~READING);
    }
    this.#head = this.#cursor = this.#tail = head & ~READING;
    this.refresh();
  }

  /** The length of the message that was found, in bytes. */
  get length(): number {
    return this.#length;
  }

  /** Whether there is more of what was looked at last. */
  get hasMore(): boolean {
    return this.#cursor !== this.#tail;
  }

  /**
   * Looks how far the producer is.
   *
   * @returns Whether there is something.
   */
  refresh(): boolean {
    if (this.#drops && !this.#isReading) this.#follow();
    const tail = Atomics.load(this.#control, LANE.tail);
    const used = (tail - this.#cursor) | 0;
    if (used < 0 || used > this.#capacity || (used & 7) !== 0) {
      throw damaged(
        this.#what,
        `its tail is ${tail >>> 0} where its head is ${this.#cursor >>> 0} ` +
          `and its capacity ${this.#capacity}`,
      );
    }
    this.#tail = tail;
    return used !== 0;
  }

  /**
   * Finds the next message of what was looked at.
   *
   * @returns Whether there is one.
   */
  find(): boolean {
    if (this.#drops && !this.#isReading && !this.#beginReading()) return false;
    let cursor = this.#cursor;
    let left = (this.#tail - cursor) | 0;
    if (left === 0) return false;
    let at = cursor & this.#mask;
    let length = this.#words[at >> 2]!;
    let mark = this.#words[(at >> 2) + 1]!;
    if (length === PADDING && mark === cursor) {
      const rest = this.#capacity - at;
      if (rest > left) throw this.#damagedRecord(cursor, length, mark);
      cursor = this.#cursor = (cursor + rest) | 0;
      left -= rest;
      if (left === 0) {
        if (this.#drops) this.release();
        return false;
      }
      at = 0;
      length = this.#words[0]!;
      mark = this.#words[1]!;
    }
    if (
      mark !== cursor || length < 0 || length > (this.#capacity >> 1) - RECORD
    ) {
      throw this.#damagedRecord(cursor, length, mark);
    }
    const size = (length + RECORD + 7) & ~7;
    if (size > left || size > this.#capacity - at) {
      throw this.#damagedRecord(cursor, length, mark);
    }
    this.#at = at + RECORD;
    this.#length = length;
    return true;
  }

  /** Takes what was found: a view of the memory. */
  view(): Uint8Array<ArrayBuffer> {
    this.#pass();
    return this.#bytes.subarray(this.#at, this.#at + this.#length);
  }

  /** Takes what was found: a copy. */
  copy(): Uint8Array<ArrayBuffer> {
    this.#pass();
    return this.#slab.copy(this.#bytes, this.#words, this.#length, this.#at);
  }

  /** Takes what was found, into a buffer that has room for it. */
  copyInto(target: Uint8Array): number {
    this.#pass();
    const at = this.#at;
    const length = this.#length;
    const start = target.byteOffset;
    if (length > SHORT || (start & 3) !== 0) {
      target.set(this.#bytes.subarray(at, at + length));
      return length;
    }
    if (
      target.buffer !== this.#targetBuffer || this.#targetWords.length === 0
    ) {
      this.#targetBuffer = target.buffer;
      this.#targetWords = new Int32Array(
        target.buffer as ArrayBuffer,
        0,
        target.buffer.byteLength >> 2,
      );
    }
    const from = at >> 2;
    const to = start >> 2;
    const whole = length >> 2;
    const words = this.#words;
    const targetWords = this.#targetWords;
    for (let i = 0; i < whole; i++) targetWords[to + i] = words[from + i]!;
    for (let i = whole << 2; i < length; i++) target[i] = this.#bytes[at + i]!;
    return length;
  }

  /**
   * Gives the producer the room of all that was taken.
   *
   * @returns Whether the producer waits for it.
   */
  release(): boolean {
    const cursor = this.#cursor;
    if (cursor === this.#head && !this.#isReading) return false;
    this.#head = cursor;
    this.#isReading = false;
    Atomics.store(this.#control, LANE.head, cursor);
    return Atomics.load(this.#control, LANE.waiting) !== 0;
  }

  /** Leaves the lane; what was taken and not released stays there. */
  leave(): void {
    if (this.#isReading) Atomics.store(this.#control, LANE.head, this.#head);
  }

  /** How many messages the producers of this lane have dropped. */
  get dropped(): number {
    return Atomics.load(this.#control, LANE.dropped) >>> 0;
  }

  #pass(): void {
    this.#cursor = (this.#cursor + recordSize(this.#length)) | 0;
  }

  /** Goes to where the producer, who drops the oldest, has moved the head. */
  #follow(): void {
    const head = Atomics.load(this.#control, LANE.head) & ~READING;
    this.#head = this.#cursor = head;
  }

  /**
   * Keeps the producer from dropping what is read.
   *
   * @returns Whether there is something to be read.
   */
  #beginReading(): boolean {
    for (let tries = 0; tries < 1000; tries++) {
      if (!this.refresh()) return false;
      const head = this.#cursor;
      if (
        Atomics.compareExchange(
          this.#control,
          LANE.head,
          head,
          head | READING,
        ) === head
      ) {
        this.#isReading = true;
        return true;
      }
    }
    return false; // The producer drops faster than this can look: next time.
  }

  #damagedRecord(cursor: number, length: number, mark: number): Error {
    return damaged(
      this.#what,
      `the record at ${cursor >>> 0} says that it is at ${mark >>> 0}, and ` +
        `has ${length} bytes, where ${(this.#tail - cursor) | 0} are committed`,
    );
  }
}
