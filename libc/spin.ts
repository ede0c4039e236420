/**
 * The adaptive wait, in one place: what every mechanism does between a try
 * that failed and going to sleep.
 *
 * Waking a sleeping process costs the kernel tens of microseconds. If the
 * answer is near, it is faster, and cheaper for the processor too, to look
 * again a few times: first after a pause instruction, while the other side
 * runs on another core; then after giving up the processor, which is what
 * lets the other side run where both share one core. If the answer is far,
 * looking again only burns time, so a wait learns from the waits before it.
 *
 * ```ts ignore
 * if (attempt()) return;
 * for (spin.begin(); spin.next();) {
 *   if (attempt()) return spin.hit();
 * }
 * spin.park();
 * // sleep in the kernel
 * spin.wake();
 * ```
 */

import { schedYield } from "./sched.ts";

/**
 * How to wait: `"adaptive"` looks again for up to some 60 microseconds before
 * it sleeps, as long as that has paid lately; `"block"` sleeps at once.
 */
export type WaitStrategy = "adaptive" | "block";

/**
 * Checks how to wait.
 *
 * @param strategy What a caller passed.
 * @returns The same.
 * @throws {TypeError} If it is no strategy.
 */
export function checkWait(strategy: WaitStrategy): WaitStrategy {
  if (strategy !== "adaptive" && strategy !== "block") {
    throw new TypeError(
      `Cannot use wait ${
        JSON.stringify(strategy)
      }: it must be "adaptive" or "block"`,
    );
  }
  return strategy;
}

/** Looks after a pause: the most, and the fewest, of them. */
const MOST_PAUSES = 64;
const FEWEST_PAUSES = 2;
/** Looks after a yield; a yield takes a fraction of a microsecond. */
const YIELDS = 100;
/** What a yield is taken to last, in milliseconds. */
const YIELD_TIME = 0.0005;
/** A wait expected to be longer than this is not worth it, in milliseconds. */
const WORTH = 0.075;
/** One wait in so many looks again in any case, in case times have changed. */
const PROBE = 64;

/** The state of one side's waits on one object. */
export class Spin {
  readonly #adaptive: boolean;
  #limit = 0;
  #step = 0;
  #pauses = FEWEST_PAUSES;
  /** The expected length of a wait, in milliseconds. */
  #expected = 0;
  #skipped = 0;
  #parkedAt = 0;

  /**
   * Begins without experience.
   *
   * @param strategy How to wait.
   */
  constructor(strategy: WaitStrategy) {
    this.#adaptive = strategy === "adaptive";
  }

  /**
   * Begins a wait, after a try that failed.
   *
   * @param alone Whether nothing else waits in this thread: an event loop
   * with other things to do does not look again.
   */
  begin(alone: boolean = true): void {
    this.#step = 0;
    if (
      this.#adaptive && alone &&
      (this.#expected < WORTH || ++this.#skipped === PROBE)
    ) {
      this.#skipped = 0;
      this.#limit = this.#pauses + YIELDS;
    } else {
      this.#limit = 0;
    }
  }

  /**
   * Lets a moment pass.
   *
   * @returns Whether to look again; if not, it is time to sleep.
   */
  next(): boolean {
    const step = this.#step++;
    if (step >= this.#limit) return false;
    if (step < this.#pauses) Atomics.pause();
    else schedYield();
    return true;
  }

  /** Ends a wait: the look succeeded. */
  hit(): void {
    const yields = this.#step - this.#pauses;
    if (yields <= 0) {
      // The other side runs on another core: looking is cheap.
      this.#pauses = MOST_PAUSES;
      this.#expected *= 0.5;
    } else {
      // Perhaps it shares this core, and pauses only keep it from running.
      if (this.#pauses > FEWEST_PAUSES) this.#pauses >>= 1;
      this.#expected = 0.5 * (this.#expected + yields * YIELD_TIME);
    }
  }

  /** Says that the wait goes to sleep. */
  park(): void {
    if (this.#adaptive) this.#parkedAt = performance.now();
  }

  /** Says that the sleep is over. */
  wake(): void {
    if (!this.#adaptive) return;
    const slept = performance.now() - this.#parkedAt +
      Math.max(0, this.#limit - this.#pauses) * YIELD_TIME;
    this.#expected += 0.25 * (Math.min(slept, 10 * WORTH) - this.#expected);
  }
}
