/** Errors of Deno's own calls, told as those of the C calls are. */

import { Errno } from "@ipc/libc";
import type { ErrnoName, OsErrorDetails } from "@ipc/libc";

/**
 * Says of an error of Deno's what could not be done, and what call failed.
 *
 * @param error What Deno threw.
 * @param action What could not be done, after "Cannot".
 * @param syscall The C call.
 * @returns An error of the same class, or the same, if it is about permission
 * or about the program's own mistake.
 */
export function withAction(
  error: unknown,
  action: string,
  syscall: string,
): unknown {
  if (!(error instanceof Error)) return error;
  if (error instanceof TypeError) return error;
  if (error instanceof Deno.errors.NotCapable) return error;
  const Class = error.constructor as new (
    message: string,
    options: ErrorOptions,
  ) => Error & Partial<OsErrorDetails>;
  const told = new Class(`Cannot ${action}: ${error.message}`, {
    cause: error,
  });
  const code = errorCode(error);
  if (code === undefined) return told;
  return Object.assign(told, { code, errno: Errno[code], syscall });
}

/**
 * The name of an error's number.
 *
 * @param error What was thrown.
 * @returns The name, if the error has one.
 */
export function errorCode(error: unknown): ErrnoName | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  const { code } = error;
  return typeof code === "string" && code in Errno
    ? code as ErrnoName
    : undefined;
}
