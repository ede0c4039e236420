/** The two loops by which objects with names come to be. */

import { isOsError } from "./error.ts";
import type { OsErrorDetails } from "./error.ts";
import { randomObjectName } from "./object_name.ts";

/**
 * How often an object may come and go between the two steps: more often than
 * other processes make it, so that something else must be missing.
 */
const MOST_TURNS = 1000;

/**
 * Opens an object, or creates it if there is none, and knows which. The two
 * steps are tried in turn, in case other processes create and unlink the name
 * in between.
 *
 * @param create Creates it, or fails with `EEXIST`.
 * @param open Opens it, or fails with `ENOENT`.
 * @returns What either returns.
 * @throws {Deno.errors.NotFound} If it can be neither, again and again.
 */
export function openOrCreate<T>(create: () => T, open: () => T): T {
  for (let turn = 1;; turn++) {
    try {
      return create();
    } catch (error) {
      if (!isOsError(error, "EEXIST")) throw error;
    }
    try {
      return open();
    } catch (error) {
      if (!isOsError(error, "ENOENT")) throw error;
      if (turn === MOST_TURNS) throw neither(error);
    }
  }
}

/** Says that what exists cannot be found. */
function neither(cause: Error & OsErrorDetails): Error {
  const { code, errno, syscall } = cause;
  return Object.assign(
    new Deno.errors.NotFound(
      `${cause.message}; nor can it be created, because it exists: ` +
        `${MOST_TURNS} times in turn. A part of it may be missing: remove it`,
      { cause },
    ),
    { code, errno, syscall },
  );
}

/**
 * Creates an object under a random name that no other has.
 *
 * @param create Creates it under a name, or fails with `EEXIST`.
 * @returns What it returns.
 */
export function withRandomName<T>(create: (name: string) => T): T {
  for (;;) {
    try {
      return create(randomObjectName());
    } catch (error) {
      if (!isOsError(error, "EEXIST")) throw error;
    }
  }
}
