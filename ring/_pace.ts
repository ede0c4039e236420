/** How often what does not wait lets others have their turn. */

/** One in so many async transfers that need no sleep lets others run. */
export const STREAK = 128;

/** How often a try in vain asks the system for the peer, in milliseconds. */
export const LISTEN_EVERY = 20;

/** Lets timers, signals and other events have their turn. */
export function eventLoopTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
