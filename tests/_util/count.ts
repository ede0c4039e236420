/** The value of a semaphore, found without `sem_getvalue`. */

import type { Semaphore } from "@ipc/shm";

/**
 * Takes all there is from a semaphore that nobody else uses, and gives it
 * back: what a count is, is what can be taken.
 *
 * @param semaphore The semaphore.
 * @returns How many could be taken.
 */
export function count(semaphore: Semaphore): number {
  let taken = 0;
  while (semaphore.tryAcquire() !== undefined) taken++;
  for (let i = 0; i < taken; i++) semaphore.release();
  return taken;
}
