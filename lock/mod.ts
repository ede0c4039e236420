/**
 * Locks in shared memory that survive the death of their owner: a mutex, a
 * reader-writer lock, and a condition.
 *
 * They are bytes of memory that processes share, such as
 * `SharedMemory.buffer` of `@ipc/shm`, beside the data that they guard: a
 * {@linkcode Mutex} takes 16, a {@linkcode Condition} 16, an
 * {@linkcode RwLock} 256. A mutex or a reader-writer lock can have a name of
 * its own instead ({@linkcode openMutex}, {@linkcode openRwLock}).
 *
 * If the process or the worker that holds one ends without releasing it, the
 * next one has it within 100 milliseconds, and `ownerDied` tells that the data
 * may be half changed, until somebody calls `markConsistent`. To acquire what
 * is free is no call of the system, and takes some 15 nanoseconds.
 *
 * The words are the project's own, and not those of `pthread_mutex_t`, which
 * has pointers in it: a peer that writes over one, or an owner that unmaps it,
 * would have the C library write anywhere. `LAYOUT.md` describes every byte,
 * and `examples/lock/ipc_lock.h` is the mutex in C.
 *
 * For a count of things, use a semaphore. To pass messages, use a queue or a
 * pipe.
 *
 * Requires `--allow-ffi`, on Linux or macOS.
 *
 * ```ts
 * import { Mutex, MUTEX_SIZE } from "@ipc/lock";
 * import { openSharedMemory } from "@ipc/shm";
 *
 * using memory = openSharedMemory(null, { size: MUTEX_SIZE + 8 });
 * using mutex = new Mutex(memory.buffer);
 * // Other processes do the same by memory.name.
 *
 * const sum = new Float64Array(memory.buffer, MUTEX_SIZE, 1);
 * {
 *   using lock = await mutex.acquire();
 *   if (lock.ownerDied) lock.markConsistent(); // after a look at the data
 *   sum[0]! += 1.5;
 * }
 * memory.unlink();
 * ```
 *
 * In the hottest of loops, `try { … } finally { lock.release(); }` does the
 * same as `using`, which costs 130 nanoseconds in V8, whatever is disposed of.
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
