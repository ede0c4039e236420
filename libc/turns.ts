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
const QUICK = 0.016;
/**
 * How many measured waits in a row are enough to know, and to do so. It takes
 * more for the latter, so that both sides know first: a side that sleeps mostly
 * lets the other one answer before that asks again, which has few waits left.
 */
const ENOUGH = 3;
const ENOUGH_FOR_BOTH = 6;
/** As many sleeps one after the other that are too long refute it. */
const TRUST = 2;
/** For how many waits it holds until it has to show again. */
const STRETCH = 4096;
/**
 * After a measured sleep, so many are not: measuring takes a microsecond here.
 * One in 63 is, which does not keep step with bursts of eight.
 */
const UNMEASURED = 62;

/**
 * Learns that every wait is ended by one yield, and that the next one follows
 * at once. Then sleeping in the call is faster than to try, yield and try
 * again: it gives the processor to the other side as well, and waking costs
 * next to nothing where no other processor has to be woken.
 */
export class Turns {
  /** How many waits were not measured since the last that was. */
  #since = 0;
  #last = 0;
  #quick = 0;
  /** Whether it knows: above 0. */
  #trust = 0;
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
   * @param wait How long it was.
   */
  measure(start: number, wait: number): void {
    const isSure = this.#since === UNCLOCKED;
    const isNext = start - this.#last < (UNCLOCKED + 1) * QUICK;
    this.#since = 0;
    this.#last = start;
    this.#quick = isSure && isNext ? this.#quick + 1 : 0;
    if (this.#quick === ENOUGH) this.#trust = TRUST;
    // Once the other side sleeps, few waits follow at once.
    const isLast = isNext
      ? this.#quick >= ENOUGH_FOR_BOTH
      : isSure && this.#trust > 0 && wait < QUICK;
    if (isLast) this.#left = STRETCH;
  }

  /**
   * Counts a sleep that was measured, and those before it.
   *
   * @param wait How long it was, in milliseconds.
   * @returns How many sleeps to come need not be measured.
   */
  sleep(wait: number): number {
    // Waking another processor takes longer.
    if (wait >= QUICK) {
      this.#trust--;
      return this.#left = 0;
    }
    this.#trust = TRUST;
    this.#left -= 1 + UNMEASURED;
    if (this.#left <= 0) this.#quick = this.#trust = 0;
    return UNMEASURED;
  }

  /** Something else has ended a wait, by chance or because times changed. */
  forget(): void {
    this.#since = this.#quick = this.#left = 0;
  }
}
