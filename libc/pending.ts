/** How many async waits of this thread are pending. */

let count = 0;

/** Says that a wait begins. */
export function beginWait(): void {
  count++;
}

/** Says that a wait has ended. */
export function endWait(): void {
  count--;
}

/**
 * Whether nothing waits in this thread's event loop, so that looking again
 * for a moment keeps nobody else waiting.
 *
 * @returns Whether nothing does.
 */
export function isAloneWaiting(): boolean {
  return count === 0;
}
