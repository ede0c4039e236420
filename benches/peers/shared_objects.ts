/** Shared memory and semaphores of either kind: one side creates them. */

import {
  openSemaphore,
  openSharedMemory,
  openSysvSemaphore,
  openSysvSharedMemory,
} from "@ipc/shm";
import type {
  Semaphore,
  SharedMemory,
  SysvSemaphore,
  SysvSharedMemory,
  WaitStrategy,
} from "@ipc/shm";
import { option } from "./peer.ts";
import { keyOf } from "./sysv_key.ts";

const isSysv = option("via", "posix") === "sysv";
const wait = option("wait", "adaptive") as WaitStrategy;
const removals = new Map<string, () => void>();

/** Opens memory. */
export function sharedMemory(
  suffix: string,
  createNew: boolean,
  size: number,
): SharedMemory | SysvSharedMemory {
  if (isSysv) {
    const memory = openSysvSharedMemory(keyOf(suffix), { createNew, size });
    removals.set(suffix, () => memory.remove());
    return memory;
  }
  const name = `/${option("name")}_${suffix}`;
  const memory = openSharedMemory(name, { createNew, size });
  removals.set(suffix, () => memory.unlink());
  return memory;
}

/** Opens a semaphore. */
export function semaphore(
  suffix: string,
  createNew: boolean,
  value = 0,
): Semaphore | SysvSemaphore {
  if (isSysv) {
    const options = { createNew, value, wait };
    const semaphore = openSysvSemaphore(keyOf(suffix), options);
    removals.set(suffix, () => semaphore.remove());
    return semaphore;
  }
  const name = `/${option("name")}_${suffix}`;
  const semaphore = openSemaphore(name, { createNew, value, wait });
  removals.set(suffix, () => semaphore.unlink());
  return semaphore;
}

/** Removes some of what was opened, or everything. */
export function remove(...suffixes: string[]): void {
  for (const suffix of suffixes) removals.get(suffix)!();
}
