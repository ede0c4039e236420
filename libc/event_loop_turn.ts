/**
 * Turns for others: what is awaited and is there already keeps the event loop
 * from timers, signals and whatever else is ready, if it goes on for ever.
 */

import { isAloneWaiting } from "./pending.ts";

/** One in so many waits that need no sleep lets others run. */
const STREAK = 128;
/** The same after looks, if others wait: each may have taken some 60 µs. */
const SHARED_STREAK = 16;

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
   * @returns Whether others are to have a turn before the next one.
   */
  isOver(hasLooked = false): boolean {
    const most = hasLooked && !isAloneWaiting() ? SHARED_STREAK : STREAK;
    return ++this.#count % most === 0;
  }
}
