import { kernelSetting, kernelSettings, SEMVMX } from "@ipc/libc/sysv";

/** What the system allows System V semaphores. */
export interface SysvSemaphoreLimits {
  /** How many semaphores a set may have: `SEMMSL`. */
  readonly maxPerSet: number;
  /** How many semaphores there may be in all: `SEMMNS`. */
  readonly maxSemaphores: number;
  /** How many operations one `semop` may have: `SEMOPM`. */
  readonly maxOperations: number;
  /** How many sets there may be: `SEMMNI`. */
  readonly maxSets: number;
  /** The greatest value of a semaphore: `SEMVMX`. */
  readonly maxValue: number;
}

/** What the system allows System V shared memory. */
export interface SysvSharedMemoryLimits {
  /** The most bytes that one may have: `SHMMAX`, `kernel.shmmax`. */
  readonly maxSize: number;
  /** How many pages there may be in all: `SHMALL`, `kernel.shmall`. */
  readonly maxPages: number;
  /** How many there may be: `SHMMNI`, `kernel.shmmni`. */
  readonly maxSegments: number;
}

/** What the system allows System V semaphores and shared memory. */
export interface SysvLimits {
  /** Semaphores; `undefined` where the system does not tell. */
  readonly semaphores: SysvSemaphoreLimits | undefined;
  /** Shared memory; `undefined` where the system does not tell. */
  readonly sharedMemory: SysvSharedMemoryLimits | undefined;
}

/**
 * Reads what the system allows System V semaphores and shared memory, as it is
 * now.
 *
 * `/proc/sys/kernel/sem`, `shmmax`, `shmall` and `shmmni`.
 *
 * They are raised with `sysctl(8)`; `kernel.sem` has four of them, in this
 * order: `SEMMSL`, `SEMMNS`, `SEMOPM`, `SEMMNI`. The default of `shmmax` and
 * `shmall` is no limit at all: a number near 2⁶⁴, which is rounded here. macOS
 * tells by `sysctl kern.sysv`, and not here.
 *
 * Requires `--allow-ffi`.
 *
 * @returns The limits.
 * @see {@link https://man7.org/linux/man-pages/man2/semget.2.html | semget(2)}
 * @see {@link https://man7.org/linux/man-pages/man2/shmget.2.html | shmget(2)}
 *
 * @example Usage
 * ```ts
 * import { openSysvSemaphore, sysvLimits } from "@ipc/shm";
 * import { assertEquals } from "@std/assert";
 *
 * const most = sysvLimits().semaphores?.maxValue ?? 32_767;
 * using semaphore = openSysvSemaphore(null, { value: most });
 * assertEquals(semaphore.value, most);
 * semaphore.remove();
 * ```
 */
export function sysvLimits(): SysvLimits {
  return { semaphores: semaphores(), sharedMemory: sharedMemory() };
}

function semaphores(): SysvSemaphoreLimits | undefined {
  const numbers = kernelSettings("kernel.sem");
  if (numbers === undefined || numbers.length !== 4) return undefined;
  const [maxPerSet, maxSemaphores, maxOperations, maxSets] = numbers as [
    number,
    number,
    number,
    number,
  ];
  return { maxPerSet, maxSemaphores, maxOperations, maxSets, maxValue: SEMVMX };
}

function sharedMemory(): SysvSharedMemoryLimits | undefined {
  const maxSize = kernelSetting("kernel.shmmax");
  const maxPages = kernelSetting("kernel.shmall");
  const maxSegments = kernelSetting("kernel.shmmni");
  if (
    maxSize === undefined || maxPages === undefined ||
    maxSegments === undefined
  ) return undefined;
  return { maxSize, maxPages, maxSegments };
}
