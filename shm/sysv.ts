/**
 * System V shared memory and semaphores alone: what `@ipc/shm` has, without
 * POSIX. A program that needs no more starts a little sooner with it.
 *
 * Requires `--allow-ffi`, on Linux or macOS.
 *
 * ```ts
 * import { openSysvSemaphore, openSysvSharedMemory } from "@ipc/shm/sysv";
 *
 * using memory = openSysvSharedMemory(null, { size: 8 });
 * using semaphore = openSysvSemaphore(null, { value: 1, undo: true });
 * {
 *   using _lock = semaphore.acquireSync();
 *   new Float64Array(memory.buffer)[0]! += 1.5;
 * }
 * memory.remove();
 * semaphore.remove();
 * ```
 *
 * @module
 */

export { isOsError } from "@ipc/libc";
export type { OsErrorDetails, WaitOptions, WaitStrategy } from "@ipc/libc";
export { ftok, IPC_PRIVATE } from "@ipc/libc/sysv";
export { openSysvSemaphore } from "./open_sysv_semaphore.ts";
export type { OpenSysvSemaphoreOptions } from "./open_sysv_semaphore.ts";
export { openSysvSharedMemory } from "./open_sysv_shared_memory.ts";
export type { OpenSysvSharedMemoryOptions } from "./open_sysv_shared_memory.ts";
export { removeSysvSemaphore } from "./remove_sysv_semaphore.ts";
export { removeSysvSharedMemory } from "./remove_sysv_shared_memory.ts";
export type { AcquireOptions, AcquireSyncOptions } from "./semaphore.ts";
export { sysvLimits } from "./sysv_limits.ts";
export type {
  SysvLimits,
  SysvSemaphoreLimits,
  SysvSharedMemoryLimits,
} from "./sysv_limits.ts";
export type {
  SysvAcquireOptions,
  SysvAcquireSyncOptions,
  SysvChangeOptions,
  SysvIndexOptions,
  SysvOperation,
  SysvPermissionChanges,
  SysvSemaphoreOptions,
  SysvSemaphoreStat,
  SysvZeroOptions,
  SysvZeroSyncOptions,
} from "./sysv_operation.ts";
export { SysvSemaphore } from "./sysv_semaphore.ts";
export { SysvSemaphoreHandle } from "./sysv_semaphore_handle.ts";
export { SysvSemaphoreLock } from "./sysv_semaphore_lock.ts";
export { SysvSemaphoreOperations } from "./sysv_semaphore_operations.ts";
export { SysvSharedMemory } from "./sysv_shared_memory.ts";
export type {
  SysvSharedMemoryChanges,
  SysvSharedMemoryOptions,
  SysvSharedMemoryStat,
} from "./sysv_shared_memory_stat.ts";
