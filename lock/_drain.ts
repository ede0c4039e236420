/**
 * A word that counts how often readers have left, so that a writer can sleep
 * until they have. Bit 0 says that one sleeps.
 */

import { Futex } from "@ipc/libc";
import { SLICE } from "./_owner_word.ts";

/** Where the word is. */
const DRAIN = 3;
/** How long to nap for a slot, which nobody tells of, in milliseconds. */
const NAP = 2;

/** The word, as one object sees it. */
export class Drain {
  readonly #words: Int32Array<ArrayBufferLike>;
  readonly #futex: Futex;
  #seen = 0;

  /**
   * Takes part in the word of a lock.
   *
   * @param words Its words.
   */
  constructor(words: Int32Array<ArrayBufferLike>) {
    this.#words = words;
    this.#futex = new Futex(words, DRAIN);
  }

  /** Remembers the word, before a look at who reads. */
  watch(): void {
    this.#seen = Atomics.load(this.#words, DRAIN);
  }

  /** Says that a reader has left. */
  signal(): void {
    if ((Atomics.add(this.#words, DRAIN, 2) & 1) === 0) return;
    Atomics.and(this.#words, DRAIN, ~1);
    this.#futex.wake();
  }

  /** Sleeps until a reader leaves, if none has since the look. */
  sleep(milliseconds: number): void {
    if (!this.#announce()) return;
    this.#futex.wait(this.#seen | 1, Math.min(milliseconds, SLICE));
  }

  /** Does the same on another thread. */
  async sleepAsync(milliseconds: number): Promise<void> {
    if (!this.#announce()) return;
    const slice = Math.min(milliseconds, SLICE);
    await this.#futex.waitAsync(this.#seen | 1, slice);
  }

  /** Naps. */
  nap(milliseconds: number): void {
    this.watch();
    this.#futex.wait(this.#seen, Math.min(milliseconds, NAP));
  }

  /** Does the same on another thread. */
  async napAsync(milliseconds: number): Promise<void> {
    this.watch();
    await this.#futex.waitAsync(this.#seen, Math.min(milliseconds, NAP));
  }

  #announce(): boolean {
    const { compareExchange } = Atomics;
    const seen = this.#seen;
    return compareExchange(this.#words, DRAIN, seen, seen | 1) === seen;
  }
}
