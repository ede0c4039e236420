/** Errors that are the caller's, with the code that POSIX has for them. */

/**
 * The error of a wait that would never end.
 *
 * @param what What was to be acquired.
 */
export function deadlock(what: string): Error {
  return withCode(
    `Cannot acquire ${what}: this thread holds it, and blocking the thread ` +
      `would be for ever; release it first, or await acquire()`,
    "EDEADLK",
  );
}

/**
 * The error of a release, or the like, of what is not held.
 *
 * @param what What is not held.
 * @param reason Why, if it is known.
 * @param action What was to be done.
 */
export function notHeld(
  what: string,
  reason = "it is not held here",
  action = "release",
): Error {
  return withCode(`Cannot ${action} ${what}: ${reason}`, "EPERM");
}

function withCode(message: string, code: string): Error {
  return Object.assign(new Error(message), { code });
}
