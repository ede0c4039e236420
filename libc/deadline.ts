/** Timeouts: milliseconds from now on a clock that only goes forward. */

/**
 * The longest timeout that counts, in milliseconds, some 24 days: timers hold
 * 31 bits. A longer one is shortened to it.
 */
export const MAX_TIMEOUT = 2 ** 31 - 1;

/**
 * Checks a timeout.
 *
 * @param timeout Milliseconds; 0 tries once; `undefined` waits for ever.
 * @returns The milliseconds, `Infinity` for ever.
 * @throws {TypeError} If it is not a number.
 * @throws {RangeError} If it is negative or NaN.
 */
export function checkTimeout(timeout: number | undefined): number {
  if (timeout === undefined) return Infinity;
  if (typeof timeout !== "number") {
    throw new TypeError(
      `Cannot use timeout: expected a number of milliseconds, got ${typeof timeout}`,
    );
  }
  if (!(timeout >= 0)) {
    throw new RangeError(
      `Cannot use timeout ${timeout}: it must be 0 or more milliseconds`,
    );
  }
  return timeout > MAX_TIMEOUT && timeout !== Infinity ? MAX_TIMEOUT : timeout;
}

/**
 * The moment at which a timeout ends, on the clock of `performance.now()`,
 * which only goes forward.
 *
 * @param timeout Milliseconds, `Infinity` for ever.
 * @returns The moment.
 */
export function deadlineAfter(timeout: number): number {
  return timeout === Infinity ? Infinity : performance.now() + timeout;
}

/**
 * The error of a wait that took too long.
 *
 * @param action What was waited for, after "Cannot".
 * @param timeout The milliseconds waited.
 * @param reason Why that was not enough, if it is known.
 * @returns The error, to be thrown.
 */
export function timedOut(
  action: string,
  timeout: number,
  reason?: string,
): Error {
  const [late, and] = timeout === 0
    ? [`Cannot ${action} at once: the timeout is 0`, ", and "]
    : [`Cannot ${action} within ${timeout} milliseconds`, ": "];
  const message = reason === undefined ? late : late + and + reason;
  return new Deno.errors.TimedOut(message);
}
