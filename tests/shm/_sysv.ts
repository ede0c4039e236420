/** System V semaphores and shared memory for tests; none is left behind. */

import { openSysvSemaphore, openSysvSharedMemory } from "@ipc/shm";
import type {
  OpenSysvSemaphoreOptions,
  OpenSysvSharedMemoryOptions,
  SysvSemaphore,
  SysvSharedMemory,
} from "@ipc/shm";
import { removeIfPresent } from "../_util/sysv.ts";
import type { TestScope } from "../_util/test.ts";

/** New semaphores under a random key, closed and removed later. */
export function newSemaphore(
  t: TestScope,
  options: OpenSysvSemaphoreOptions = {},
): SysvSemaphore {
  const semaphore = openSysvSemaphore(null, options);
  t.defer(() => {
    semaphore.close();
    removeIfPresent(semaphore);
  });
  return semaphore;
}

/** New shared memory under a random key, closed and removed later. */
export function newMemory(
  t: TestScope,
  options: OpenSysvSharedMemoryOptions = {},
): SysvSharedMemory {
  const memory = openSysvSharedMemory(null, { size: 100, ...options });
  t.defer(() => {
    removeIfPresent(memory);
    memory.close();
  });
  return memory;
}

/** A key that neither semaphores nor memory have; removed later if they do. */
export function freeKey(t: TestScope): number {
  const { key } = newSemaphore(t);
  openSysvSemaphore(key!).remove();
  t.defer(() => {
    for (
      const open of [
        () => openSysvSemaphore(key!, { timeout: 0, write: false }),
        () => openSysvSharedMemory(key!),
      ]
    ) {
      try {
        using object = open();
        object.remove();
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    }
  });
  return key!;
}
