/**
 * Waits at a gate until all the others are there, creates or opens a shared
 * memory, and prints whether it was the one that created it, and its size.
 *
 * Arguments: the gate, the semaphore that counts who has come, the memory.
 */

import { openSemaphore, openSharedMemory } from "@ipc/shm";

const [gateName, comeName, memoryName] = Deno.args as [string, string, string];
using gate = openSemaphore(gateName);
using come = openSemaphore(comeName);
come.release();
gate.acquireSync();
using memory = openSharedMemory(memoryName, { create: true, size: 4096 });
console.log(`${memory.created} ${memory.byteLength}`);
