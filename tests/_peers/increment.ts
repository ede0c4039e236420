/**
 * Adds 1 to the first number of a shared memory, many times: one process of
 * several that do so at once.
 *
 * Arguments: `lock` or `atomics`, the memory, the semaphore, how many times.
 */

import { openSemaphore, openSharedMemory } from "@ipc/shm";

const [way, memoryName, semaphoreName, times] = Deno.args as [
  string,
  string,
  string,
  string,
];
using memory = openSharedMemory(memoryName);
using semaphore = openSemaphore(semaphoreName);
const numbers = new Int32Array(memory.buffer);

/** A read and a write that are exact only if nobody comes between. */
function incrementUnderLock(): void {
  using _lock = semaphore.acquireSync();
  numbers[0] = numbers[0]! + 1;
}

for (let left = Number(times); left > 0; left--) {
  if (way === "lock") incrementUnderLock();
  else Atomics.add(numbers, 0, 1);
}
