/** How one side sleeps in its thread until the other one wakes it. */

import type { Spin } from "@ipc/libc";

/** A side of a ring, as it sleeps. */
export interface Sleeper {
  /** Says that it sleeps; whether it may. */
  fallAsleep(): boolean;
  /** Says that it does not sleep. */
  stayAwake(): void;
  /** Sleeps until it is woken, or so many milliseconds are over. */
  sleepSync(milliseconds: number): void;
}

/**
 * Sleeps until a try succeeds.
 *
 * @param side The side.
 * @param spin What its wait has told that it goes to sleep.
 * @param deadline When to give up, on the clock of `performance.now()`.
 * @param attempt The try, which returns `undefined` in vain.
 * @returns What it returned; `undefined` if time is over.
 */
export function sleepUntil<R>(
  side: Sleeper,
  spin: Spin,
  deadline: number,
  attempt: () => R | undefined,
): R | undefined {
  try {
    for (;;) {
      if (side.fallAsleep()) {
        const left = deadline === Infinity
          ? Infinity
          : deadline - performance.now();
        if (left <= 0) {
          side.stayAwake();
          return undefined;
        }
        side.sleepSync(left);
      }
      const result = attempt();
      if (result !== undefined) return result;
    }
  } finally {
    spin.wake();
  }
}
