/** How many async waits of this thread are pending, and whose end lately. */

/** What the system fails to do when it has no means for an async wait. */
export const WAIT_ACTION = "wait in the event loop";

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

/** After how many waits that ended one after the other it is the only one. */
const ENOUGH = 16;

let active: object | undefined;
let times = 0;

/**
 * Says that a wait has ended with what it waited for.
 *
 * @param waiter Whose wait it was.
 */
export function noteActive(waiter: object): void {
  if (waiter === active) {
    times++;
  } else {
    active = waiter;
    times = 0;
  }
}

/**
 * Whether all waits that have ended lately were those of one waiter, so that
 * the others, such as that of a server for the next connection, are idle.
 *
 * @param waiter The waiter.
 * @returns Whether they were.
 */
export function isOnlyActive(waiter: object): boolean {
  return waiter === active && times >= ENOUGH;
}
