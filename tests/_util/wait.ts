/** Waiting in tests. */

import { setImmediate } from "node:timers";

/** Lets time pass, so many milliseconds of it. */
export function sleep(milliseconds = 0): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Lets the event loop go round once. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Lets the event loop go round, with time for whoever else has to run. */
export async function turns(count = 10): Promise<void> {
  for (let i = 0; i < count; i++) await sleep(1);
}

/** Waits until something is so, and looks every few milliseconds. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await sleep(2);
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

/** What a promise rejects with, which need not be an error. */
export async function reasonOf(promise: Promise<unknown>): Promise<unknown> {
  return await promise.then(
    () => Promise.reject(new Error("It did not reject")),
    (reason) => reason,
  );
}
