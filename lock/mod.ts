/**
 * Locks in shared memory that survive the death of their owner.
 *
 * @module
 */

export { isOsError } from "@ipc/libc";
export type { OsErrorDetails, WaitOptions, WaitStrategy } from "@ipc/libc";
export { LOCK_ALIGNMENT } from "./_place.ts";
export { Condition, CONDITION_SIZE } from "./condition.ts";
export { Mutex, MUTEX_SIZE } from "./mutex.ts";
export { MutexLock } from "./mutex_lock.ts";
export { openMutex } from "./open_mutex.ts";
export { openRwLock } from "./open_rw_lock.ts";
export type {
  LockOptions,
  LockWaitOptions,
  LockWaitSyncOptions,
  OpenLockOptions,
} from "./options.ts";
export { ReadLock } from "./read_lock.ts";
export { RW_LOCK_SIZE, RwLock } from "./rw_lock.ts";
export { WriteLock } from "./write_lock.ts";
