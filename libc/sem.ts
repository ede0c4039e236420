/**
 * `<sys/sem.h>`: System V semaphores.
 *
 * Linux from `linux/sem.h` and glibc's `bits/sem.h` and `bits/types/struct_semid_ds.h`;
 * macOS from `bsd/sys/sem.h` of xnu.
 *
 * @see {@link https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/sys_sem.h.html | POSIX}
 */

import { Errno } from "./errno.ts";
import { osError } from "./error.ts";
import {
  IPC_RMID,
  IPC_SET,
  IPC_STAT,
  readPermissions,
  writePermissions,
} from "./ipc.ts";
import type { IpcPermissionChanges, IpcPermissions } from "./ipc.ts";
import { errno, library } from "./library.ts";
import { perPlatform, perProcessor } from "./platform.ts";
import type { Timespec } from "./time.ts";
import { variadicArguments, variadicParameters } from "./variadic.ts";

const { EINTR } = Errno;

const libsem = library({
  semctl: {
    parameters: variadicParameters(["i32", "i32", "i32"], 1),
    result: "i32",
  }, // int semctl(int, int, int, ... union semun)
  semget: { parameters: ["i32", "i32", "i32"], result: "i32" }, // int semget(key_t, int, int)
  semop: { parameters: ["i32", "buffer", "usize"], result: "i32" }, // int semop(int, struct sembuf *, size_t)
  semtimedop: {
    parameters: ["i32", "buffer", "usize", "buffer"],
    result: "i32",
  }, // int semtimedop(int, struct sembuf *, size_t, const struct timespec *)
});

/** Undo the operation when this process ends. */
export const SEM_UNDO = 0o10000;

/** Asks for the process that operated last; as the next ones, a command. */
export const GETPID: number = perPlatform({ linux: 11, darwin: 4 });
/** Asks for a value. */
export const GETVAL: number = perPlatform({ linux: 12, darwin: 5 });
/** Asks for all values. */
export const GETALL: number = perPlatform({ linux: 13, darwin: 6 });
/** Asks how many wait for a greater value. */
export const GETNCNT: number = perPlatform({ linux: 14, darwin: 3 });
/** Asks how many wait for zero. */
export const GETZCNT: number = perPlatform({ linux: 15, darwin: 7 });
/** Sets a value. */
export const SETVAL: number = perPlatform({ linux: 16, darwin: 8 });
/** Sets all values. */
export const SETALL: number = perPlatform({ linux: 17, darwin: 9 });

/**
 * The greatest value of a System V semaphore, 32,767: Linux has it fixed, and
 * macOS in `bsd/sys/sem_internal.h`.
 */
export const SEMVMX = 32_767;

/** The most semaphores that a set can have: their numbers have 16 bits. */
export const MAX_NSEMS = 0xffff;

/**
 * How many operations one call makes at most, where the system does not tell:
 * `MAX_SOPS` of macOS. Linux tells, in `kernel.sem`.
 */
export const SEMOPM: number = perPlatform({ linux: 32, darwin: 5 });

/** Offsets in `struct sembuf`, in bytes; all fields have 16 bits. */
export const SEMBUF = {
  size: 6,
  sem_num: 0, // unsigned short
  sem_op: 2, // short
  sem_flg: 4, // short
} as const;

/** Offsets in `struct semid_ds`, in bytes; macOS packs it to 4 bytes. */
export const SEMID_DS: {
  readonly size: number;
  readonly sem_perm: number;
  readonly sem_otime: number;
  readonly sem_ctime: number;
  readonly sem_nsems: number;
} = perPlatform({
  linux: perProcessor({
    x86_64: {
      size: 104,
      sem_perm: 0, // struct ipc_perm
      sem_otime: 48, // time_t
      sem_ctime: 64, // time_t
      sem_nsems: 80, // unsigned long; 16 bits on macOS
    },
    aarch64: {
      size: 88,
      sem_perm: 0,
      sem_otime: 48,
      sem_ctime: 56,
      sem_nsems: 64,
    },
  }),
  darwin: {
    size: 72,
    sem_perm: 0,
    sem_otime: 32,
    sem_ctime: 44,
    sem_nsems: 28,
  },
});

/** What the system knows of a set. */
export interface SemaphoreData {
  /** Who owns it, who made it, and what they may do. */
  readonly permissions: IpcPermissions;
  /** When the last operation was, in seconds since 1970; 0 for never. */
  readonly operationTime: number;
  /** When it was made or last changed, in seconds since 1970. */
  readonly changeTime: number;
  /** How many semaphores it has. */
  readonly nsems: number;
}

/** Operations as C has them: an array of `struct sembuf`. */
export type SemaphoreOperations = Int16Array<ArrayBuffer>;

/**
 * Finds a set, or makes one.
 *
 * @param key Its key.
 * @param nsems How many semaphores a new one has; 0 for one that exists.
 * @param flags `IPC_CREAT`, `IPC_EXCL`, and permission bits: those to have of
 * an existing set, or those of a new one.
 * @param action What to call it in messages.
 * @param hint What to add for an error number.
 * @returns The id.
 * @see {@link https://man7.org/linux/man-pages/man2/semget.2.html | semget(2)}
 */
export function semGet(
  key: number,
  nsems: number,
  flags: number,
  action: string,
  hint: (number: number) => string | undefined,
): number {
  const id = libsem.semget()(key, nsems, flags);
  if (id !== -1) return id;
  const number = errno[0];
  throw osError(number, "semget", action, hint(number));
}

/**
 * Makes operations, all or none, and blocks this thread until it can, unless
 * an operation that would have to wait has `IPC_NOWAIT`.
 *
 * @param id The set.
 * @param operations What to do.
 * @param count How many operations that is.
 * @returns 0, or the error number.
 * @see {@link https://man7.org/linux/man-pages/man2/semop.2.html | semop(2)}
 */
export function semOperate(
  id: number,
  operations: SemaphoreOperations,
  count: number,
): number {
  return libsem.semop()(id, operations, BigInt(count)) === -1 ? errno[0] : 0;
}

/**
 * The same, for some time at most.
 *
 * @param id The set.
 * @param operations What to do.
 * @param count How many operations that is.
 * @param milliseconds How long to block.
 * @returns 0, or the error number: `EAGAIN` when the time is over.
 * @see {@link https://man7.org/linux/man-pages/man2/semop.2.html | semtimedop(2)}
 */
export function semOperateFor(
  id: number,
  operations: SemaphoreOperations,
  count: number,
  milliseconds: number,
): number {
  const nanoseconds = BigInt(Math.max(1, Math.ceil(milliseconds * 1e6)));
  const time: Timespec = BigInt64Array.of(
    nanoseconds / 1_000_000_000n,
    nanoseconds % 1_000_000_000n,
  );
  return libsem.semtimedop()(id, operations, BigInt(count), time) === -1
    ? errno[0]
    : 0;
}

/** The error number of a result, 0 if there is none. */
function numberOf(result: number): number {
  return result < 0 ? -result : 0;
}

/** Calls `semctl`, and returns what it does or a negative error number. */
function control(
  id: number,
  index: number,
  command: number,
  argument: number | bigint,
): number {
  const args = variadicArguments([id, index, command], [argument]) as [
    number,
    number,
    number,
    bigint,
  ];
  for (;;) {
    const result = libsem.semctl()(...args);
    if (result !== -1) return result;
    const number = errno[0];
    if (number !== EINTR) return -number;
  }
}

/** The same, with memory as its argument. */
function controlBytes(
  id: number,
  command: number,
  memory: DataView<ArrayBuffer> | Uint16Array<ArrayBuffer>,
): number {
  const address = Deno.UnsafePointer.value(Deno.UnsafePointer.of(memory));
  const result = control(id, 0, command, address);
  // The memory is in use up to here.
  return memory.byteLength === 0 ? 0 : result;
}

function emptyData(): DataView<ArrayBuffer> {
  return new DataView(new ArrayBuffer(SEMID_DS.size));
}

/**
 * Asks the system about a set.
 *
 * @param id The set.
 * @returns What it knows, or the error number.
 * @see {@link https://man7.org/linux/man-pages/man2/semctl.2.html | semctl(2)}
 */
export function semStat(id: number): SemaphoreData | number {
  const view = emptyData();
  return numberOf(controlBytes(id, IPC_STAT, view)) ||
    decodeSemaphoreData(view);
}

/**
 * Reads `struct semid_ds`.
 *
 * @param view Its bytes.
 * @returns What it says.
 */
export function decodeSemaphoreData(view: DataView): SemaphoreData {
  return {
    permissions: readPermissions(view),
    operationTime: Number(view.getBigInt64(SEMID_DS.sem_otime, true)),
    changeTime: Number(view.getBigInt64(SEMID_DS.sem_ctime, true)),
    // A set has 32,000 semaphores at most; Linux has 64 bits here.
    nsems: view.getUint16(SEMID_DS.sem_nsems, true),
  };
}

/**
 * Changes owner and permissions of a set. The call takes all of them, so what
 * is not to change is read first.
 *
 * @param id The set.
 * @param changes What to change.
 * @returns 0, or the error number.
 */
export function semSet(id: number, changes: IpcPermissionChanges): number {
  const view = emptyData();
  const { uid, gid, mode } = changes;
  // An owner who may not read the set can still set everything.
  if ([uid, gid, mode].includes(undefined)) {
    const result = controlBytes(id, IPC_STAT, view);
    if (result < 0) return -result;
  }
  writePermissions(view, changes);
  return numberOf(controlBytes(id, IPC_SET, view));
}

/**
 * Removes a set.
 *
 * @param id The set.
 * @returns 0, or the error number.
 */
export function semRemove(id: number): number {
  return numberOf(control(id, 0, IPC_RMID, 0));
}

/**
 * Asks for a number about one semaphore.
 *
 * @param id The set.
 * @param index Which semaphore.
 * @param command {@linkcode GETVAL}, {@linkcode GETPID},
 * {@linkcode GETNCNT} or {@linkcode GETZCNT}.
 * @returns The number, or the error number with a minus sign.
 */
export function semAsk(id: number, index: number, command: number): number {
  return control(id, index, command, 0);
}

/**
 * Sets the value of one semaphore.
 *
 * @param id The set.
 * @param index Which semaphore.
 * @param value The value.
 * @returns 0, or the error number.
 */
export function semSetValue(id: number, index: number, value: number): number {
  return numberOf(control(id, index, SETVAL, value));
}

/**
 * Room for the values of any set: C is not told how much there is, and an id
 * that was removed can be that of a larger set by now.
 */
let room: Uint16Array<ArrayBuffer> | undefined;

function roomForValues(): Uint16Array<ArrayBuffer> {
  return room ??= new Uint16Array(MAX_NSEMS + 1);
}

/**
 * Reads all values at one moment.
 *
 * @param id The set.
 * @param nsems How many semaphores it has.
 * @returns The values, or the error number.
 */
export function semValues(id: number, nsems: number): number[] | number {
  const values = roomForValues();
  const number = numberOf(controlBytes(id, GETALL, values));
  return number || [...values.subarray(0, nsems)];
}

/**
 * Sets all values at one moment.
 *
 * @param id The set.
 * @param values The values, one for each semaphore.
 * @returns 0, or the error number.
 */
export function semSetValues(id: number, values: readonly number[]): number {
  const memory = roomForValues();
  memory.fill(0);
  memory.set(values);
  return numberOf(controlBytes(id, SETALL, memory));
}
