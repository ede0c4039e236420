/**
 * `<sys/shm.h>`: System V shared memory.
 *
 * Linux from `linux/shm.h` and glibc's `bits/shm.h`; macOS from
 * `bsd/sys/shm.h` of xnu.
 *
 * @see {@link https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/sys_shm.h.html | POSIX}
 */

import { Errno } from "./errno.ts";
import { osError } from "./error.ts";
import {
  IPC_PERM,
  IPC_RMID,
  IPC_SET,
  IPC_STAT,
  readPermissions,
  writePermissions,
} from "./ipc.ts";
import type { IpcPermissionChanges, IpcPermissions } from "./ipc.ts";
import { errno, library } from "./library.ts";
import { MAP_FAILED } from "./mman.ts";
import { perPlatform } from "./platform.ts";

const { EINTR } = Errno;

const libshm = library({
  shmat: { parameters: ["i32", "pointer", "i32"], result: "pointer" }, // void *shmat(int, const void *, int)
  shmctl: { parameters: ["i32", "i32", "buffer"], result: "i32" }, // int shmctl(int, int, struct shmid_ds *)
  shmdt: { parameters: ["pointer"], result: "i32" }, // int shmdt(const void *)
  shmget: { parameters: ["i32", "usize", "i32"], result: "i32" }, // int shmget(key_t, size_t, int)
});

/** Attach it for reading only. */
export const SHM_RDONLY = 0o10000;
/** Make it of huge pages; Linux only. */
export const SHM_HUGETLB = 0o4000;
/** Keep no memory in reserve for it; Linux only. */
export const SHM_NORESERVE = 0o10000;
/** In its mode: it is removed, and goes with its last user; Linux only. */
export const SHM_DEST = 0o1000;
/** In its mode: it is kept in memory; Linux only. */
export const SHM_LOCKED = 0o2000;
/** Commands of `shmctl`: keep it in memory, or do not; Linux only. */
export const SHM_LOCK = 11;
export const SHM_UNLOCK = 12;

/** Offsets in `struct shmid_ds`, in bytes; macOS packs it to 4 bytes. */
export const SHMID_DS: {
  readonly size: number;
  readonly shm_perm: number;
  readonly shm_segsz: number;
  readonly shm_atime: number;
  readonly shm_dtime: number;
  readonly shm_ctime: number;
  readonly shm_cpid: number;
  readonly shm_lpid: number;
  readonly shm_nattch: number;
} = perPlatform({
  linux: {
    size: 112,
    shm_perm: 0, // struct ipc_perm
    shm_segsz: 48, // size_t
    shm_atime: 56, // time_t
    shm_dtime: 64, // time_t
    shm_ctime: 72, // time_t
    shm_cpid: 80, // pid_t
    shm_lpid: 84, // pid_t
    shm_nattch: 88, // shmatt_t, unsigned long; unsigned short on macOS
  },
  darwin: {
    size: 76,
    shm_perm: 0,
    shm_segsz: 24,
    shm_atime: 44,
    shm_dtime: 52,
    shm_ctime: 60,
    shm_cpid: 36,
    shm_lpid: 32,
    shm_nattch: 40,
  },
});

/** What the system knows of shared memory. */
export interface SegmentData {
  /** Who owns it, who made it, and what they may do. */
  readonly permissions: IpcPermissions;
  /** How many bytes it has. */
  readonly size: number;
  /** When it was last attached, in seconds since 1970; 0 for never. */
  readonly attachTime: number;
  /** When it was last detached, in seconds since 1970; 0 for never. */
  readonly detachTime: number;
  /** When it was made or last changed, in seconds since 1970. */
  readonly changeTime: number;
  /** Who made it. */
  readonly creatorPid: number;
  /** Who attached or detached it last; 0 for nobody. */
  readonly lastPid: number;
  /** How many times it is attached, by all processes. */
  readonly attachments: number;
  /** Whether it was removed, and goes with its last attachment. */
  readonly removed: boolean;
  /** Whether it is kept in memory. */
  readonly locked: boolean;
}

/**
 * Finds shared memory, or makes some.
 *
 * @param key Its key.
 * @param size How many bytes new memory has; 0 for what exists.
 * @param flags `IPC_CREAT`, `IPC_EXCL`, `SHM_*`, and permission bits: those to
 * have of existing memory, or those of new one.
 * @param action What to call it in messages.
 * @param hint What to add for an error number.
 * @returns The id.
 * @see {@link https://man7.org/linux/man-pages/man2/shmget.2.html | shmget(2)}
 */
export function shmGet(
  key: number,
  size: number,
  flags: number,
  action: string,
  hint: (number: number) => string | undefined,
): number {
  const id = libshm.shmget()(key, BigInt(size), flags);
  if (id !== -1) return id;
  const number = errno[0];
  throw osError(number, "shmget", action, hint(number));
}

/**
 * Attaches shared memory, where the system likes.
 *
 * @param id The memory.
 * @param flags `SHM_RDONLY`, or 0 to write it too.
 * @returns Where it is, or the error number.
 * @see {@link https://man7.org/linux/man-pages/man2/shmop.2.html | shmat(2)}
 */
export function shmAttach(
  id: number,
  flags: number,
): Deno.PointerObject | number {
  const pointer = libshm.shmat()(id, null, flags);
  const number = errno[0];
  return pointer === null || Deno.UnsafePointer.value(pointer) === MAP_FAILED
    ? number
    : pointer;
}

/**
 * Detaches shared memory. No view may reach it any more.
 *
 * @param pointer Where it is.
 * @see {@link https://man7.org/linux/man-pages/man2/shmop.2.html | shmdt(2)}
 */
export function shmDetach(pointer: Deno.PointerObject): void {
  if (libshm.shmdt()(pointer) === -1) {
    throw osError(errno[0], "shmdt", "detach System V shared memory");
  }
}

function control(
  id: number,
  command: number,
  view: DataView<ArrayBuffer>,
): number {
  for (;;) {
    if (libshm.shmctl()(id, command, view) !== -1) return 0;
    const number = errno[0];
    if (number !== EINTR) return number;
  }
}

function emptyData(): DataView<ArrayBuffer> {
  return new DataView(new ArrayBuffer(SHMID_DS.size));
}

/**
 * Asks the system about shared memory.
 *
 * @param id The memory.
 * @returns What it knows, or the error number.
 * @see {@link https://man7.org/linux/man-pages/man2/shmctl.2.html | shmctl(2)}
 */
export function shmStat(id: number): SegmentData | number {
  const view = emptyData();
  return control(id, IPC_STAT, view) || decodeSegmentData(view);
}

/**
 * Reads `struct shmid_ds`.
 *
 * @param view Its bytes.
 * @returns What it says.
 */
export function decodeSegmentData(view: DataView): SegmentData {
  const long = (offset: number) => Number(view.getBigInt64(offset, true));
  const mode = view.getUint16(IPC_PERM.mode, true);
  return {
    permissions: readPermissions(view),
    size: long(SHMID_DS.shm_segsz),
    attachTime: long(SHMID_DS.shm_atime),
    detachTime: long(SHMID_DS.shm_dtime),
    changeTime: long(SHMID_DS.shm_ctime),
    creatorPid: view.getInt32(SHMID_DS.shm_cpid, true),
    lastPid: view.getInt32(SHMID_DS.shm_lpid, true),
    attachments: perPlatform({
      linux: long,
      darwin: (offset: number) => view.getUint16(offset, true),
    })(SHMID_DS.shm_nattch),
    removed: (mode & SHM_DEST) !== 0,
    locked: (mode & SHM_LOCKED) !== 0,
  };
}

/**
 * Changes owner and permissions of shared memory. The call takes all of them,
 * so what is not to change is read first.
 *
 * @param id The memory.
 * @param changes What to change.
 * @returns 0, or the error number.
 */
export function shmSet(id: number, changes: IpcPermissionChanges): number {
  const view = emptyData();
  const { uid, gid, mode } = changes;
  // An owner who may not read it can still set everything.
  if ([uid, gid, mode].includes(undefined)) {
    const number = control(id, IPC_STAT, view);
    if (number !== 0) return number;
  }
  writePermissions(view, changes);
  return control(id, IPC_SET, view);
}

/**
 * Keeps shared memory in memory, out of reach of swap, or does not; Linux
 * only.
 *
 * @param id The memory.
 * @param locked Whether to keep it.
 * @returns 0, or the error number.
 */
export function shmSetLocked(id: number, locked: boolean): number {
  return control(id, locked ? SHM_LOCK : SHM_UNLOCK, emptyData());
}

/**
 * Removes shared memory: it goes with its last attachment.
 *
 * @param id The memory.
 * @returns 0, or the error number.
 */
export function shmRemove(id: number): number {
  return control(id, IPC_RMID, emptyData());
}
