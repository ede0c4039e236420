/**
 * POSIX shared memory, and semaphores to guard it.
 *
 * Shared memory is the fastest way between processes: nothing is copied, and
 * a read or write is no system call. It has no order of its own, so a
 * {@linkcode Semaphore} or `Atomics` has to bring one. To pass messages or a
 * stream of bytes, use a queue, a pipe or a socket.
 *
 * Requires `--allow-ffi`, on Linux or macOS.
 *
 * ```ts
 * import { openSemaphore, openSharedMemory } from "@ipc/shm";
 *
 * using memory = openSharedMemory(null, { size: 8 });
 * using semaphore = openSemaphore(null, { value: 1 });
 * // Other processes open both by memory.name and semaphore.name.
 *
 * const sum = new Float64Array(memory.buffer);
 * {
 *   using _lock = semaphore.acquireSync();
 *   sum[0]! += 1.5;
 * }
 *
 * memory.unlink();
 * semaphore.unlink();
 * ```
 *
 * @module
 */

export { isOsError, pageSize, SEM_VALUE_MAX } from "@ipc/libc";
export type { OsErrorDetails, WaitOptions, WaitStrategy } from "@ipc/libc";
export { openSemaphore } from "./open_semaphore.ts";
export type { OpenSemaphoreOptions } from "./open_semaphore.ts";
export { openSharedMemory } from "./open_shared_memory.ts";
export type { OpenSharedMemoryOptions } from "./open_shared_memory.ts";
export { Semaphore, SemaphoreLock } from "./semaphore.ts";
export type { AcquireOptions, AcquireSyncOptions } from "./semaphore.ts";
export { SharedMemory } from "./shared_memory.ts";
export type {
  ResizeSharedMemoryOptions,
  SharedMemoryFromFdOptions,
  SharedMemoryStat,
} from "./shared_memory.ts";
export { unlinkSemaphore } from "./unlink_semaphore.ts";
export { unlinkSharedMemory } from "./unlink_shared_memory.ts";
