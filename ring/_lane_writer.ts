import {
  damaged,
  LANE,
  PADDING,
  READING,
  RECORD,
  recordSize,
} from "./_layout.ts";
import type { LaneMemory } from "./_memory.ts";

/** The producer's side of one lane. */
export class LaneWriter {
  /** Which lane. */
  readonly index: number;
  /** Where messages go. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly #what: string;
  readonly #control: Int32Array<ArrayBuffer>;
  readonly #words: Int32Array<ArrayBuffer>;
  readonly #capacity: number;
  readonly #mask: number;
  readonly #drops: boolean;
  /** The position after what was put in. */
  #tail: number;
  /** The position that the consumer knows. */
  #published: number;
  /** Where the consumer was, when it was last looked at. */
  #head: number;

  constructor(what: string, memory: LaneMemory, drops: boolean) {
    this.index = memory.index;
    this.bytes = memory.bytes;
    this.#what = what;
    this.#control = memory.control;
    this.#words = memory.words;
    this.#capacity = memory.bytes.length;
    this.#mask = this.#capacity - 1;
    this.#drops = drops;
    this.#tail = this.#published = Atomics.load(this.#control, LANE.tail);
    this.#head = this.#tail;
    if ((this.#tail & 7) !== 0) {
      throw damaged(what, `its tail is ${this.#tail >>> 0}`);
    }
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
    const total = need <= rest ? need : rest + need;
    if (total > this.#room() && !this.#makeRoom(total)) return -1;
    if (need <= rest) return offset + RECORD;
    this.#mark(offset, PADDING);
    this.#tail = (this.#tail + rest) | 0;
    return RECORD;
  }

  /** Puts in what was reserved, with that length or a shorter one. */
  commit(length: number): void {
    this.#mark(this.#tail & this.#mask, length);
    this.#tail = (this.#tail + recordSize(length)) | 0;
  }

  /** Tells the consumer of all that was put in. */
  publish(): void {
    // What it says was written before it: whoever sees it sees that too.
    Atomics.store(this.#control, LANE.tail, this.#published = this.#tail);
  }

  /** How many bytes are free. */
  #room(): number {
    return this.#capacity - ((this.#tail - this.#head) | 0);
  }

  #mark(offset: number, length: number): void {
    this.#words[offset >> 2] = length;
    this.#words[(offset >> 2) + 1] = this.#tail;
  }

  #makeRoom(total: number): boolean {
    const isReading = this.#refresh();
    if (total <= this.#room()) return true;
    // A consumer that waits must know of everything, or nobody would go on.
    if (this.hasUnpublished) this.publish();
    if (!this.#drops || isReading) return false;
    return this.#dropOldest(total);
  }

  /**
   * Looks how far the consumer is.
   *
   * @returns Whether it reads there.
   */
  #refresh(): boolean {
    const value = Atomics.load(this.#control, LANE.head);
    const head = value & ~READING;
    const used = (this.#tail - head) | 0;
    if (
      used < 0 || used > this.#capacity || (used & 7) !== 0 ||
      (value & READING) !== 0 && !this.#drops
    ) {
      throw damaged(
        this.#what,
        `its head is ${value >>> 0} where its tail is ${this.#tail >>> 0} ` +
          `and its capacity ${this.#capacity}`,
      );
    }
    this.#head = head;
    return (value & READING) !== 0;
  }

  /** Drops the oldest messages, unless the consumer reads there. */
  #dropOldest(total: number): boolean {
    for (let tries = 0; tries < 1000; tries++) {
      const from = this.#head;
      let head = from;
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
      if (
        Atomics.compareExchange(this.#control, LANE.head, from, head) === from
      ) {
        this.#head = head;
        Atomics.add(this.#control, LANE.dropped, dropped);
        return true;
      }
      if (this.#refresh()) return false;
      if (total <= this.#room()) return true;
    }
    return false;
  }
}
