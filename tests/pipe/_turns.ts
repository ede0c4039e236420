/** Turns of the event loop. */

import { setImmediate } from "node:timers";

/** Lets the event loop go round once. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Lets the event loop go round, with time for whoever else has to run. */
export async function turns(count = 10): Promise<void> {
  for (let i = 0; i < count; i++) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/**
 * Whether a promise is still pending after a few turns.
 *
 * @param promise The promise, which must not reject.
 */
export async function isPending(promise: Promise<unknown>): Promise<boolean> {
  return await Promise.race([
    promise.then(() => false),
    turns().then(() => true),
  ]);
}
