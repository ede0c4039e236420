/** What readers and writers of one lock wait for. */

import { disown, own } from "./_deaths.ts";
import type { Drain } from "./_drain.ts";
import type { OwnerWord } from "./_owner_word.ts";
import type { Slots } from "./_slots.ts";
import type { Source } from "./_waits.ts";

/** The words of a lock. */
export interface RwWords {
  /** The writer's. */
  readonly word: OwnerWord;
  /** The readers'. */
  readonly slots: Slots;
  /** What says that readers leave. */
  readonly drain: Drain;
}

/** One object's reading, of which there may be several at a time. */
export class Reading implements Source {
  readonly #words: RwWords;
  #count = 0;

  /**
   * Begins without any.
   *
   * @param words The words of the lock.
   */
  constructor(words: RwWords) {
    this.#words = words;
  }

  /** How many read by this object. */
  get count(): number {
    return this.#count;
  }

  /** Whether this thread writes, so that no reader of its can get in. */
  get isOwnedHere(): boolean {
    return this.#words.word.isOwnedHere;
  }

  /** Reads if this object reads already, whoever waits. */
  join(): boolean {
    return this.#count > 0 && this.#enter();
  }

  look(): boolean {
    return this.#attempt(true);
  }

  attempt(): boolean {
    return this.#attempt(false);
  }

  #attempt(isLook: boolean): boolean {
    const { word, slots, drain } = this.#words;
    const isFree = () => !word.hasOwner || !isLook && word.bury();
    if (this.#count > 0) return isFree() && this.#enter();
    if (slots.hasSlot) {
      if (slots.isGranted) return this.#enter();
      if (!isFree()) return false;
      slots.promote();
    } else if (!slots.claim()) return false;
    // From here on a writer sees the slot, or is seen here.
    if (isFree()) return this.#enter();
    slots.demote();
    drain.signal();
    return false;
  }

  #enter(): true {
    this.#count++;
    own();
    return true;
  }

  sleep(milliseconds: number): void {
    const { word, slots, drain } = this.#words;
    if (!slots.hasSlot) return drain.nap(milliseconds);
    const seen = word.announce();
    if (this.#count === 0 && slots.isGranted) return;
    word.sleepOn(seen, milliseconds);
  }

  async sleepAsync(milliseconds: number): Promise<void> {
    const { word, slots, drain } = this.#words;
    if (!slots.hasSlot) return await drain.napAsync(milliseconds);
    const seen = word.announce();
    if (this.#count === 0 && slots.isGranted) return;
    await word.sleepOnAsync(seen, milliseconds);
  }

  /**
   * Reads no more.
   *
   * @returns Whether the slot was this object's still.
   */
  release(): boolean {
    disown();
    return --this.#count > 0 || this.#free();
  }

  giveBack(): void {
    this.release();
  }

  leave(): void {
    if (this.#count === 0 && this.#words.slots.hasSlot) this.#free();
  }

  idle(): void {
    this.leave();
  }

  /**
   * Ends all of it.
   *
   * @param isGone Whether the memory is gone.
   */
  close(isGone: boolean): void {
    for (; this.#count > 0; this.#count--) disown();
    if (isGone) this.#words.slots.forget();
    else this.leave();
  }

  #free(): boolean {
    const { word, slots, drain } = this.#words;
    const isFreed = slots.free();
    if (word.hasOwner) drain.signal();
    return isFreed;
  }
}

/** One object's writing. */
export class Writing implements Source {
  readonly #words: RwWords;
  #isWriting = false;

  /**
   * Begins without any.
   *
   * @param words The words of the lock.
   */
  constructor(words: RwWords) {
    this.#words = words;
  }

  /** Whether this thread reads or writes, so that no writer can get in. */
  get isOwnedHere(): boolean {
    const { word, slots } = this.#words;
    return this.#isWriting || !word.isOwned && word.isOwnedHere ||
      slots.isReadHere;
  }

  look(): boolean {
    const { word } = this.#words;
    return !this.#isWriting && (word.isOwned || word.look()) &&
      this.#isDrained(true);
  }

  attempt(isAwake: boolean): boolean {
    const { word } = this.#words;
    return !this.#isWriting && (word.isOwned || word.attempt(isAwake)) &&
      this.#isDrained(false);
  }

  #isDrained(isLook: boolean): boolean {
    const { slots, drain } = this.#words;
    drain.watch();
    return this.#isWriting = slots.areDrained(isLook);
  }

  sleep(milliseconds: number): void {
    const { word, drain } = this.#words;
    if (this.#isDraining) drain.sleep(milliseconds);
    else word.sleep(milliseconds);
  }

  async sleepAsync(milliseconds: number): Promise<void> {
    const { word, drain } = this.#words;
    if (this.#isDraining) await drain.sleepAsync(milliseconds);
    else await word.sleepAsync(milliseconds);
  }

  get #isDraining(): boolean {
    return this.#words.word.isOwned && !this.#isWriting;
  }

  /**
   * Writes no more, and lets in the readers that wait.
   *
   * @returns Whether it was this object's still.
   */
  release(): boolean {
    this.#isWriting = false;
    this.#words.slots.grant();
    return this.#words.word.release(true);
  }

  giveBack(): void {
    this.release();
  }

  leave(): void {
    if (!this.#words.word.isOwned) this.#words.word.leave();
  }

  idle(): void {
    if (this.#isDraining) this.release();
  }

  /**
   * Ends it, and tells the next one if it was writing.
   *
   * @param isGone Whether the memory is gone.
   */
  close(isGone: boolean): void {
    const { word, slots } = this.#words;
    if (isGone) word.forget();
    else if (this.#isWriting) {
      slots.grant();
      word.abandon();
    } else this.idle();
    this.#isWriting = false;
  }
}
