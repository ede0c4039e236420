/**
 * Slots of readers: a word for each object that reads, with the number of its
 * thread, so that the death of one can be seen; a count alone would not tell
 * whose it was.
 *
 * Bits 0 to 29 are the number, or 0 of a free slot. Bit 30 says that the
 * reader waits, and does not read yet.
 *
 * Memory order: a reader writes its slot and then looks for a writer; a writer
 * takes its word and then looks at the slots. Both are by `Atomics`, of which
 * there is one order for all threads (on arm64 `stlr`, `casal` and `ldar`,
 * which are not reordered with each other), so at least one sees the other.
 */

import { Deaths } from "./_deaths.ts";

/** Where the mark of used slots is: no slot from there on was ever used. */
const MARK = 4;
/** Where the slots begin. */
const FIRST = 8;
/** How many there are. */
export const SLOTS = 56;

/** The reader waits. */
const WAITING = 1 << 30;

/** The slots of one lock, as one object sees them. */
export class Slots {
  readonly #words: Int32Array<ArrayBufferLike>;
  readonly #deaths = new Deaths();
  readonly #own: number = this.#deaths.own;
  /** The slot that is this object's, or 0; and where to look for one first. */
  #slot = 0;
  #hint = FIRST;

  /**
   * Takes part in the slots of a lock.
   *
   * @param words Its words.
   */
  constructor(words: Int32Array<ArrayBufferLike>) {
    this.#words = words;
  }

  /** Whether this object has a slot. */
  get hasSlot(): boolean {
    return this.#slot !== 0;
  }

  /**
   * Takes a slot, as one that reads.
   *
   * @returns Whether there was a free one.
   */
  claim(): boolean {
    const hint = this.#hint;
    if (this.#claim(hint)) return true;
    for (let slot = FIRST; slot < FIRST + SLOTS; slot++) {
      if (this.#claim(slot)) return true;
    }
    return false;
  }

  #claim(slot: number): boolean {
    const words = this.#words;
    this.#raise(slot);
    const seen = Atomics.compareExchange(words, slot, 0, this.#own);
    if (seen !== 0 && !this.#isFreed(slot, seen)) return false;
    if (
      seen !== 0 && Atomics.compareExchange(words, slot, 0, this.#own) !== 0
    ) return false;
    this.#slot = this.#hint = slot;
    return true;
  }

  /** Frees the slot of a dead reader. */
  #isFreed(slot: number, seen: number): boolean {
    return this.#deaths.isDead(seen & ~WAITING & 0x7fff_ffff) &&
      Atomics.compareExchange(this.#words, slot, seen, 0) === seen;
  }

  /** Sees to it that writers look at a slot, before it is used. */
  #raise(slot: number): void {
    const words = this.#words;
    for (;;) {
      const mark = Atomics.load(words, MARK);
      if (mark > slot - FIRST) return;
      Atomics.compareExchange(words, MARK, mark, slot - FIRST + 1);
    }
  }

  /** From reading to waiting. */
  demote(): void {
    const { compareExchange } = Atomics;
    compareExchange(this.#words, this.#slot, this.#own, this.#own | WAITING);
  }

  /** From waiting to reading, which a writer may have done before. */
  promote(): void {
    const { compareExchange } = Atomics;
    compareExchange(this.#words, this.#slot, this.#own | WAITING, this.#own);
  }

  /** Whether a writer has let this one in, which waited. */
  get isGranted(): boolean {
    return Atomics.load(this.#words, this.#slot) === this.#own;
  }

  /**
   * Gives the slot back.
   *
   * @returns Whether it was this object's still.
   */
  free(): boolean {
    const slot = this.#slot;
    this.#slot = 0;
    for (;;) {
      const seen = Atomics.load(this.#words, slot);
      if ((seen & ~WAITING) !== this.#own) return false;
      // A writer may let it in meanwhile, while it waits.
      const found = Atomics.compareExchange(this.#words, slot, seen, 0);
      if (found === seen) return true;
    }
  }

  /** Knows of its slot no more. */
  forget(): void {
    this.#slot = 0;
  }

  /** Lets in all that wait; for a writer that is about to leave. */
  grant(): void {
    const words = this.#words;
    for (let slot = FIRST, end = this.#end; slot < end; slot++) {
      const seen = Atomics.load(words, slot);
      if ((seen & WAITING) === 0) continue;
      Atomics.compareExchange(words, slot, seen, seen & ~WAITING);
    }
  }

  /**
   * Whether nobody reads who lives.
   *
   * @param isLook Whether not to ask if they live.
   */
  areDrained(isLook: boolean): boolean {
    for (let slot = FIRST, end = this.#end; slot < end; slot++) {
      const seen = Atomics.load(this.#words, slot);
      if (seen === 0 || (seen & WAITING) !== 0) continue;
      if (isLook || !this.#isFreed(slot, seen)) return false;
    }
    return true;
  }

  /** Whether a reader has this thread's number. */
  get isReadHere(): boolean {
    for (let slot = FIRST, end = this.#end; slot < end; slot++) {
      if (Atomics.load(this.#words, slot) === this.#own) return true;
    }
    return false;
  }

  /** The end of the slots that were ever used. */
  get #end(): number {
    const mark = Atomics.load(this.#words, MARK);
    return FIRST + Math.min(SLOTS, Math.max(0, mark));
  }
}
