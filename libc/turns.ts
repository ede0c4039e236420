/** Two sides that share a processor, and take turns on it. */

/**
 * After a wait that one yield has ended, so many do not look at the clock, as
 * long as one yield ends them: when the other side has had this processor, the
 * caches have forgotten how, and it takes a microsecond.
 */
export const UNCLOCKED = 7;
/**
 * How long a wait and what comes until the next one take at most, in
 * milliseconds, if the sides ask and answer. Where one side fills a queue
 * while the other one waits, each wait is for many messages, and longer.
 */
const QUICK = 0.015;
/** How many measured waits in a row are enough. */
const ENOUGH = 4;
/** For how many waits it holds until it has to show again. */
const STRETCH = 1024;

/**
 * Learns that every wait is ended by one yield, and that the next one follows
 * at once. Then sleeping in the call is faster than to try, yield and try
 * again: it gives the processor to the other side as well, and waking costs
 * next to nothing where no other processor has to be woken.
 */
export class Turns {
  #since = 0;
  #last = 0;
  #quick = 0;
  #left = 0;

  /** Whether to sleep without a look. */
  get isSleepBetter(): boolean {
    return this.#left > 0;
  }

  /** Counts a wait that one yield has ended, and that was not measured. */
  count(): void {
    this.#since++;
  }

  /**
   * Counts one that was measured.
   *
   * @param start When it began, in milliseconds.
   */
  measure(start: number): void {
    const isQuick = this.#since === UNCLOCKED &&
      start - this.#last < (UNCLOCKED + 1) * QUICK;
    this.#since = 0;
    this.#last = start;
    this.#quick = isQuick ? this.#quick + 1 : 0;
    if (this.#quick < ENOUGH) return;
    this.#quick = 0;
    this.#left = STRETCH;
  }

  /**
   * Counts sleeps.
   *
   * @param wait How long the last one was, in milliseconds.
   * @param count How many there were, with those that were not measured.
   */
  sleep(wait: number, count: number): void {
    // Waking another processor takes longer.
    this.#left = wait < QUICK ? this.#left - count : 0;
  }

  /** Forgets it: something else has ended a wait. */
  forget(): void {
    this.#since = this.#quick = this.#left = 0;
  }
}
