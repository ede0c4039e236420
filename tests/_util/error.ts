/** Errors that have to carry what the system said. */

import { isOsError } from "@ipc/shm";
import { assert, assertThrows } from "@std/assert";

/**
 * Runs what has to fail in a C call.
 *
 * @param run What fails.
 * @param Class The class of the error.
 * @param code The name of the error number, such as `"ENOENT"`.
 * @param syscall The C call, if it matters.
 * @returns The error.
 */
export function assertOsError<E extends Error>(
  run: () => unknown,
  Class: new (message: string) => E,
  code: string,
  syscall?: string,
): E {
  const error: E = assertThrows(run, Class);
  assert(isOsError(error, code), `${error} has no code ${code}`);
  if (syscall !== undefined) assert(error.syscall === syscall, error.syscall);
  return error;
}
