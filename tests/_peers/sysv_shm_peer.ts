/**
 * A process that uses System V semaphores, by their id.
 *
 * take ID            takes one with undo, says "taken" and waits to be killed
 * take_async ID      the same, after a wait on another thread
 * take_plain ID      takes one without undo, and the same
 * give_up ID         waits, gives up after 20 ms, and has nothing else to do
 * exit ID            waits, and ends by Deno.exit()
 * add ID MEMORY N    adds 1 to a number N times, under the semaphore
 * race KEY N         opens or creates one of the value 1 under the key, adds 1
 *                    to a number under it N times, and prints whether it
 *                    created it
 * read MEMORY        attaches memory for reading only, and prints its text
 */

import {
  openSysvSemaphore,
  openSysvSharedMemory,
  SysvSemaphore,
  SysvSharedMemory,
} from "@ipc/shm/sysv";
import { sleep } from "../_util/wait.ts";

const [verb, ...args] = Deno.args as [string, ...string[]];
const [id, other, third] = args.map(Number) as [number, number, number];

function forever(): Promise<never> {
  return new Promise(() => setInterval(() => {}, 1000));
}

switch (verb) {
  case "take": {
    SysvSemaphore.fromId(id, { undo: true }).acquireSync();
    console.log("taken");
    await forever();
    break;
  }
  case "take_async": {
    const semaphore = SysvSemaphore.fromId(id, { undo: true, wait: "block" });
    const waiting = semaphore.acquire();
    console.log("waiting");
    await waiting;
    console.log("taken");
    await forever();
    break;
  }
  case "take_plain": {
    SysvSemaphore.fromId(id).acquireSync();
    console.log("taken");
    await forever();
    break;
  }
  case "give_up": {
    const controller = new AbortController();
    const { signal } = controller;
    const semaphore = SysvSemaphore.fromId(id);
    const waits = [
      semaphore.acquire(1, { signal }),
      semaphore.acquire(2, { signal }),
      semaphore.acquire(1, { signal }),
    ];
    const ended = Promise.allSettled(waits);
    await sleep(20);
    const start = performance.now();
    globalThis.addEventListener("unload", () => {
      console.log(performance.now() - start);
    });
    controller.abort("enough");
    await ended;
    break;
  }
  case "exit":
    SysvSemaphore.fromId(id).acquire();
    setTimeout(() => Deno.exit(7), 20);
    break;
  case "add": {
    using semaphore = SysvSemaphore.fromId(id);
    using memory = SysvSharedMemory.fromId(other);
    const [sum] = [new Float64Array(memory.buffer)];
    for (let i = 0; i < third; i++) {
      using _lock = i % 2 === 0
        ? semaphore.acquireSync()
        : await semaphore.acquire();
      sum![0]!++;
    }
    break;
  }
  case "race": {
    const options = { create: true, value: 1, undo: true };
    using semaphore = openSysvSemaphore(id, options);
    using memory = openSysvSharedMemory(id, { create: true, size: 8 });
    const sum = new Float64Array(memory.buffer);
    for (let i = 0; i < other; i++) {
      using _lock = semaphore.acquireSync();
      sum[0]!++;
    }
    console.log(semaphore.created);
    break;
  }
  case "read": {
    using memory = SysvSharedMemory.fromId(id, { write: false });
    const bytes = new Uint8Array(memory.byteLength);
    memory.read(bytes);
    console.log(new TextDecoder().decode(bytes));
    break;
  }
}
