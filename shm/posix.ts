/**
 * POSIX shared memory and semaphores alone: what `@ipc/shm` has, without
 * System V. A program that needs no more starts a little sooner with it.
 *
 * Requires `--allow-ffi`, on Linux or macOS.
 *
 * ```ts
 * import { openSharedMemory } from "@ipc/shm/posix";
 *
 * using memory = openSharedMemory(null, { size: 8 });
 * new Float64Array(memory.buffer)[0] = 1.5;
 * memory.unlink();
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
