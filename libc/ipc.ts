/**
 * `<sys/ipc.h>`: what the three System V mechanisms share: keys, flags,
 * commands and permissions.
 *
 * Linux from `linux/ipc.h` and glibc's `bits/ipc.h`; macOS from `bsd/sys/ipc.h`
 * of xnu.
 *
 * @see {@link https://man7.org/linux/man-pages/man7/sysvipc.7.html | sysvipc(7)}
 */

import { checkInteger } from "./argument.ts";
import { isOsError } from "./error.ts";
import { perPlatform } from "./platform.ts";

/** Create it if there is none of the key. */
export const IPC_CREAT = 0o1000;
/** Fail if there is one of the key; with `IPC_CREAT`. */
export const IPC_EXCL = 0o2000;
/** Do not wait. */
export const IPC_NOWAIT = 0o4000;
/**
 * The key that none has: a new object each time, found by its id alone.
 */
export const IPC_PRIVATE = 0;
/** Commands of `msgctl`, `semctl` and `shmctl`: remove, set, look. */
export const IPC_RMID = 0;
export const IPC_SET = 1;
export const IPC_STAT = 2;

/** Offsets in `struct ipc_perm`, in bytes; glibc calls the key `__key`. */
export const IPC_PERM: {
  readonly size: number;
  readonly key: number;
  readonly uid: number;
  readonly gid: number;
  readonly cuid: number;
  readonly cgid: number;
  readonly mode: number;
} = perPlatform({
  linux: { size: 48, key: 0, uid: 4, gid: 8, cuid: 12, cgid: 16, mode: 20 },
  darwin: { size: 24, key: 20, uid: 0, gid: 4, cuid: 8, cgid: 12, mode: 16 },
});

/** Who owns a System V object, who made it, and what they may do. */
export interface IpcPermissions {
  /** The key, as the 32-bit number with a sign that C has. */
  readonly key: number;
  /** The owner's user number. */
  readonly uid: number;
  /** The owner's group number. */
  readonly gid: number;
  /** The creator's user number. */
  readonly cuid: number;
  /** The creator's group number. */
  readonly cgid: number;
  /** The permission bits, such as `0o600`. */
  readonly mode: number;
}

/**
 * Reads `struct ipc_perm`, which begins every `*id_ds`.
 *
 * @param view The bytes.
 * @returns What it says.
 */
export function readPermissions(view: DataView): IpcPermissions {
  return {
    key: view.getInt32(IPC_PERM.key, true),
    uid: view.getUint32(IPC_PERM.uid, true),
    gid: view.getUint32(IPC_PERM.gid, true),
    cuid: view.getUint32(IPC_PERM.cuid, true),
    cgid: view.getUint32(IPC_PERM.cgid, true),
    // Linux has 32 bits here, of which `mode_t` and its flags take 16.
    mode: view.getUint16(IPC_PERM.mode, true) & 0o777,
  };
}

/** What of it `IPC_SET` can change. */
export interface IpcPermissionChanges {
  /**
   * The new owner's user number. Without it, the owner stays.
   *
   * @default {undefined}
   */
  uid?: number | undefined;
  /**
   * The new owner's group number. Without it, the group stays.
   *
   * @default {undefined}
   */
  gid?: number | undefined;
  /**
   * The new permission bits, such as `0o660`. Without them, they stay.
   *
   * @default {undefined}
   */
  mode?: number | undefined;
}

/**
 * Writes changes into a `struct ipc_perm`, and leaves the rest as it is.
 *
 * @param view The bytes.
 * @param changes What to change.
 */
export function writePermissions(
  view: DataView,
  { uid, gid, mode }: IpcPermissionChanges,
): void {
  if (uid !== undefined) view.setUint32(IPC_PERM.uid, uid, true);
  if (gid !== undefined) view.setUint32(IPC_PERM.gid, gid, true);
  if (mode !== undefined) view.setUint16(IPC_PERM.mode, mode, true);
}

/**
 * Checks a key. C would cut a larger number to 32 bits, and find the object
 * of another key.
 *
 * @param key The key, with a sign as C has it, or without one as `ipcs` has.
 * @returns The key with a sign.
 * @throws {TypeError} If it is not a number.
 * @throws {RangeError} If it is not a whole number of 32 bits.
 */
export function checkKey(key: number): number {
  return checkInteger(key, "key", -0x8000_0000, 0xffff_ffff) | 0;
}

/**
 * Writes a key as `ipcs(1)` does.
 *
 * @param key The key.
 * @returns Such as `"0x0001e240"`.
 */
export function formatKey(key: number): string {
  return `0x${(key >>> 0).toString(16).padStart(8, "0")}`;
}

/**
 * Creates an object under a random key that no other has.
 *
 * @param create Creates it under a key, or fails with `EEXIST`.
 * @returns What it returns.
 */
export function withRandomKey<T>(create: (key: number) => T): T {
  for (;;) {
    const [key] = crypto.getRandomValues(new Int32Array(1)) as unknown as [
      number,
    ];
    if (key === IPC_PRIVATE) continue;
    try {
      return create(key);
    } catch (error) {
      if (!isOsError(error, "EEXIST")) throw error;
    }
  }
}
