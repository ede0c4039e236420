/** Memory for locks, in one process. */

import { openSharedMemory, type SharedMemory } from "@ipc/shm";
import type { TestScope } from "../_util/test.ts";

/** Shared memory with a name, closed and removed later. */
export function memory(t: TestScope, size = 4096): SharedMemory {
  const memory = openSharedMemory(t.name(), { createNew: true, size });
  t.defer(() => memory.close());
  return memory;
}

/** The same bytes, mapped once more. */
export function again(t: TestScope, memory: SharedMemory): SharedMemory {
  const other = openSharedMemory(memory.name!);
  t.defer(() => other.close());
  return other;
}

/** The numbers that locks remember, of a thread that never was. */
export const NOBODY = 0x3f_fff0 | 77 << 22;
