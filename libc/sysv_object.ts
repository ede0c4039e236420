/** What the three System V mechanisms share: names, errors, and moments. */

import { checkInteger, checkMode } from "./argument.ts";
import { Errno } from "./errno.ts";
import { osError } from "./error.ts";
import { formatKey, IPC_PRIVATE, type IpcPermissionChanges } from "./ipc.ts";

const { EACCES, EIDRM, EINVAL, ENOENT, EPERM } = Errno;

/** The greatest number of a user or group; the one above means none. */
const MAX_ID = 0xffff_fffe;

/**
 * Names an object in messages.
 *
 * @param kind What it is, such as `"semaphore"`.
 * @param id Its id, or `undefined` if it has none yet.
 * @param key Its key, or `undefined` if that is not known.
 * @returns The words.
 */
export function describeSysv(
  kind: string,
  id: number | undefined,
  key: number | undefined,
): string {
  const words = [`System V ${kind}`];
  if (id !== undefined) words.push(`${id}`);
  if (key === IPC_PRIVATE) words.push("(private)");
  else if (key !== undefined) words.push(`(key ${formatKey(key)})`);
  return words.join(" ");
}

/**
 * Makes the error of a call that failed.
 *
 * @param number The error number.
 * @param syscall The call.
 * @param action What could not be done, to which object.
 * @param permission What permission it takes, such as `"to read"`.
 * @param hint What to add for any other error.
 * @returns The error. For an object that is gone, it is the same whether it
 * was removed during the call (`EIDRM`) or before it (`EINVAL`).
 */
export function sysvFailure(
  number: number,
  syscall: string,
  action: string,
  permission: string,
  hint?: string,
): Error {
  if (number === EIDRM || number === EINVAL) {
    return osError(EIDRM, syscall, action, undefined, "it was removed");
  }
  if (number === EACCES) {
    hint = `its mode gives this user no permission ${permission}`;
  } else if (number === EPERM) {
    hint ??= "that takes its owner, its creator or root";
  }
  return osError(number, syscall, action, hint);
}

/**
 * The error for an object that was found by its key, and then was gone: it is
 * as if it had not been found.
 *
 * @param syscall The call that found it gone.
 * @param action What could not be done, to which object.
 * @returns The error.
 */
export function notFound(syscall: string, action: string): Error {
  return osError(ENOENT, syscall, action);
}

/**
 * Checks an id.
 *
 * @param id The id.
 * @returns The same.
 */
export function checkId(id: number): number {
  return checkInteger(id, "id", 0, 0x7fff_ffff);
}

/**
 * Checks changes to owner and permissions.
 *
 * @param changes What a caller passed.
 */
export function checkPermissions(changes: IpcPermissionChanges): void {
  const { uid, gid, mode } = changes;
  if (uid !== undefined) checkInteger(uid, "uid", 0, MAX_ID);
  if (gid !== undefined) checkInteger(gid, "gid", 0, MAX_ID);
  if (mode !== undefined) checkMode(mode);
}

/**
 * A moment that the system tells.
 *
 * @param seconds Seconds since 1970; 0 for never.
 * @returns The moment, or `null` for never.
 */
export function momentOf(seconds: number): Date | null {
  return seconds === 0 ? null : new Date(seconds * 1000);
}
