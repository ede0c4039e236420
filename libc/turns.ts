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
 * After a measured sleep, so many are not: measuring takes a microsecond here.
 * One in 31 is, which does not keep step with bursts.
 */
const UNMEASURED = 30;

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
    if (isQuick) this.#quick++;
    // The side that knows first sleeps, and mostly lets the other one answer
    // before it asks again: that one has few waits left to learn from. If it
    // has learnt nearly enough, no more than another wait is needed.
    else if (this.#quick < ENOUGH - 1) this.#quick = 0;
    else this.#quick = ENOUGH;
    if (this.#quick < ENOUGH) return;
    this.#quick = 0;
    this.#left = STRETCH;
  }

  /**
   * Counts a sleep that was measured, and those before it.
   *
   * @param wait How long it was, in milliseconds.
   * @returns How many sleeps to come need not be measured.
   */
  sleep(wait: number): number {
    // Waking another processor takes longer.
    if (wait >= QUICK) return this.#left = 0;
    this.#left -= 1 + UNMEASURED;
    return UNMEASURED;
  }

  /** Forgets it: something else has ended a wait. */
  forget(): void {
    this.#since = this.#quick = this.#left = 0;
  }
}
