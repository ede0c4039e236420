/**
 * Turns for others: what is awaited and is there already keeps the event loop
 * from timers, signals and whatever else is ready, if it goes on for ever.
 */

import { isAloneWaiting } from "./pending.ts";

/** One in so many waits that need no sleep lets others run. */
const STREAK = 128;
/** The same after naps, or after looks of some 60 µs while others wait. */
const SLOW_STREAK = 16;

/** Lets timers, signals and other events have their turn. */
export function eventLoopTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Counts the waits of one side that needed no sleep. */
export class Streak {
  #count = 0;

  /**
   * Counts one more.
   *
   * @param hasLooked Whether it took a look again.
   * @param hasNapped Whether it held up the event loop for longer than a look.
   * @returns Whether others are to have a turn before the next one.
   */
  isOver(hasLooked = false, hasNapped = false): boolean {
    const isSlow = hasNapped || hasLooked && !isAloneWaiting();
    const most = isSlow ? SLOW_STREAK : STREAK;
    return ++this.#count % most === 0;
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
