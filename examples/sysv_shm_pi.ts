/**
 * Pi by System V shared memory: ten processes add their partial sums to one
 * double, guarded by one System V semaphore.
 *
 * deno run --allow-ffi --allow-run examples/sysv_shm_pi.ts
 *
 * @module
 */

import { openSysvSemaphore, openSysvSharedMemory } from "@ipc/shm/sysv";
import { runPi } from "./pi.ts";

await runPi(import.meta, {
  permissions: ["--allow-ffi"],

  async parent({ runWorkers }) {
    using undo = new DisposableStack();

    // A double of 8 bytes, and a semaphore that lets one in at a time. Their
    // keys are random, so that two runs at once do not disturb each other. The
    // kernel keeps them until they are removed.
    const memory = undo.use(openSysvSharedMemory(null, { size: 8 }));
    undo.defer(() => memory.remove());
    const semaphore = undo.use(openSysvSemaphore(null, { value: 1 }));
    undo.defer(() => semaphore.remove());

    await runWorkers([`${memory.key}`, `${semaphore.key}`]);
    return new Float64Array(memory.buffer)[0]!;
  },

  worker(sum, [memoryKey, semaphoreKey]) {
    using memory = openSysvSharedMemory(Number(memoryKey));
    // If this worker dies while it holds the semaphore, the system gives it
    // back, and the others do not wait for ever.
    const options = { undo: true };
    using semaphore = openSysvSemaphore(Number(semaphoreKey), options);
    const total = new Float64Array(memory.buffer);

    // Reading, adding and writing are three steps, and another worker must
    // not come in between.
    using _lock = semaphore.acquireSync();
    total[0]! += sum;
  },
});
