/** The two loops by which objects with names come to be. */

import { isOsError } from "./error.ts";
import { randomObjectName } from "./object_name.ts";

/**
 * Opens an object, or creates it if there is none, and knows which. The two
 * steps are tried in turn as long as other processes create and unlink the
 * name in between.
 *
 * @param create Creates it, or fails with `EEXIST`.
 * @param open Opens it, or fails with `ENOENT`.
 * @returns What either returns.
 */
export function openOrCreate<T>(create: () => T, open: () => T): T {
  for (;;) {
    try {
      return create();
    } catch (error) {
      if (!isOsError(error, "EEXIST")) throw error;
    }
    try {
      return open();
    } catch (error) {
      if (!isOsError(error, "ENOENT")) throw error;
    }
  }
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
