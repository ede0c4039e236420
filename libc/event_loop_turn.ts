/**
 * Turns for others: what is awaited and is there already keeps the event loop
 * from timers, signals and whatever else is ready, if it goes on for ever.
 */

import { isAloneWaiting } from "./pending.ts";
import { monotonicNow } from "./time.ts";

/** How long others wait for their turn at least, in milliseconds. */
const LONGEST_STREAK = 2;
/** One in so many waits that need no sleep looks at the clock. */
const CLOCK_EVERY = 32;

/** When others had their turn last, whoever gave it to them. */
let turnedAt = 0;

/** Lets timers, signals and other events have their turn. */
export function eventLoopTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(() => {
      turnedAt = monotonicNow();
      resolve();
    });
  });
}

/**
 * Whether others have waited for their turn for long.
 *
 * @returns Whether they have.
 */
export function isTurnDue(): boolean {
  return monotonicNow() - turnedAt >= LONGEST_STREAK;
}

/** Counts the waits of one side that needed no sleep. */
export class Streak {
  #count = 0;

  /** Whether the last one was one in so many. */
  get isRound(): boolean {
    return this.#count % CLOCK_EVERY === 0;
  }

  /**
   * Counts one more.
   *
   * @param hasLooked Whether it took a look again.
   * @param hasNapped Whether it held up the event loop for longer than a look.
   * @returns Whether it is worth a look at the clock.
   */
  hasGrown(hasLooked = false, hasNapped = false): boolean {
    // Naps, and looks while others wait, take long.
    return ++this.#count % CLOCK_EVERY === 0 || hasNapped ||
      hasLooked && !isAloneWaiting();
  }

  /**
   * Counts one more.
   *
   * @param hasLooked Whether it took a look again.
   * @param hasNapped Whether it held up the event loop for longer than a look.
   * @returns Whether others are to have a turn before the next one.
   */
  isOver(hasLooked = false, hasNapped = false): boolean {
    return this.hasGrown(hasLooked, hasNapped) && isTurnDue();
  }
}

/**
 * Turns for others before waits for what keeps others out until it is given
 * back, such as a lock. After such a wait would be too late: a timer that
 * blocks the thread for the lock would wait for a holder who has not been told
 * yet, and never is.
 */
export class TurnsBefore {
  readonly #streak = new Streak();
  #turn: Promise<void> | undefined;

  /** Counts one more wait: whether others have their turn before it. */
  isDue(): boolean {
    return this.#turn !== undefined || this.#streak.isOver();
  }

  /**
   * Gives others their turn. Waits that begin meanwhile come after this one.
   *
   * @param signal Gives up if it is aborted by then.
   */
  async give(signal: AbortSignal | undefined): Promise<void> {
    this.#turn ??= eventLoopTurn().then(() => {
      this.#turn = undefined;
    });
    await this.#turn;
    signal?.throwIfAborted();
  }
}
