/**
 * Pi by shared memory: ten processes add their partial sums to one double,
 * guarded by one semaphore.
 *
 * deno run --allow-ffi --allow-run examples/shm_pi.ts
 *
 * @module
 */

import { openSemaphore, openSharedMemory } from "@ipc/shm/posix";
import { runPi } from "./pi.ts";

await runPi(import.meta, {
  permissions: ["--allow-ffi"],

  async parent({ runWorkers }) {
    using undo = new DisposableStack();

    // A double of 8 bytes, and a semaphore that lets one in at a time. Their
    // names are random, so that two runs at once do not disturb each other.
    const memory = undo.use(openSharedMemory(null, { size: 8 }));
    undo.defer(() => memory.unlink());
    const semaphore = undo.use(openSemaphore(null, { value: 1 }));
    undo.defer(() => semaphore.unlink());

    await runWorkers([memory.name!, semaphore.name]);
    return new Float64Array(memory.buffer)[0]!;
  },

  worker(sum, [memoryName, semaphoreName]) {
    using memory = openSharedMemory(memoryName!);
    using semaphore = openSemaphore(semaphoreName!);
    const total = new Float64Array(memory.buffer);

    // Reading, adding and writing are three steps, and another worker must
    // not come in between.
    using _lock = semaphore.acquireSync();
    total[0]! += sum;
  },
});
