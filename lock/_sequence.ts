/**
 * A word that counts notifications, and sleeping until there is one more.
 *
 * Bit 0 says that somebody may sleep. The rest counts: 1 for a notification of
 * one, {@linkcode MANY} for one of all, so that those who wait in one thread
 * know how many of them are meant.
 *
 * A count that is reached again while somebody sleeps would go unnoticed. It
 * takes 32,768 notifications of all within one slice of 25 milliseconds, each
 * of which wakes somebody.
 */

import { Futex } from "@ipc/libc";
import { ALL, SLICE } from "./_owner_word.ts";
import { STATE } from "./_place.ts";
import type { Source } from "./_waits.ts";

const SLEEPERS = 1;
const ONE = 2;
/** How much a notification of all counts. */
const MANY = 1 << 17;

/** One side's view of the word. */
export class Sequence implements Source {
  readonly isOwnedHere = false;
  readonly #words: Int32Array<ArrayBufferLike>;
  readonly #futex: Futex;
  /** The count up to which all is served, and how many may go on. */
  #seen = 0;
  #permits = 0;

  /**
   * Takes part in a word.
   *
   * @param words The words of the condition.
   */
  constructor(words: Int32Array<ArrayBufferLike>) {
    this.#words = words;
    this.#futex = new Futex(words, STATE);
  }

  /** Begins to wait: notifications from here on count. */
  begin(): void {
    this.#seen = this.announce() & ~SLEEPERS;
    this.#permits = 0;
  }

  /**
   * Says that somebody will sleep.
   *
   * @returns What the word has then.
   */
  announce(): number {
    return Atomics.or(this.#words, STATE, SLEEPERS) | SLEEPERS;
  }

  look(): boolean {
    const now = Atomics.load(this.#words, STATE) & ~SLEEPERS;
    this.#permits += (now - this.#seen) >>> 1;
    this.#seen = now;
    if (this.#permits === 0) return false;
    this.#permits--;
    return true;
  }

  attempt(): boolean {
    return this.look();
  }

  sleep(milliseconds: number): void {
    if ((this.announce() & ~SLEEPERS) !== this.#seen) return;
    const slice = Math.min(milliseconds, SLICE);
    this.#futex.wait(this.#seen | SLEEPERS, slice);
  }

  async sleepAsync(milliseconds: number): Promise<void> {
    if ((this.announce() & ~SLEEPERS) !== this.#seen) return;
    const slice = Math.min(milliseconds, SLICE);
    await this.#futex.waitAsync(this.#seen | SLEEPERS, slice);
  }

  giveBack(): void {
    this.#permits++;
  }

  // What is told to a wait that gives up, the others see after their slice.
  leave(): void {}

  idle(): void {}

  /** Wakes one. */
  notifyOne(): void {
    const words = this.#words;
    const seen = Atomics.load(words, STATE);
    if ((seen & SLEEPERS) === 0) return;
    const now = Atomics.add(words, STATE, ONE) + ONE | 0;
    if (this.#futex.wake() !== 0) return;
    // Nobody slept. If one does now, it is told for nothing.
    const quiet = now & ~SLEEPERS;
    if (Atomics.compareExchange(words, STATE, now, quiet) === now) {
      this.#futex.wake(ALL);
    }
  }

  /** Wakes all. */
  notifyAll(): void {
    const words = this.#words;
    for (;;) {
      const seen = Atomics.load(words, STATE);
      if ((seen & SLEEPERS) === 0) return;
      const next = seen + MANY & ~SLEEPERS;
      if (Atomics.compareExchange(words, STATE, seen, next) === seen) break;
    }
    this.#futex.wake(ALL);
  }
}
