/**
 * A worker that releases System V semaphores at moments of its own.
 *
 * It is sent their ids once, and then, for each round, how many times to
 * release each.
 */

/// <reference lib="deno.worker" />

import { SysvSemaphore } from "@ipc/shm/sysv";

let semaphores: SysvSemaphore[] = [];

self.onmessage = ({ data }) => {
  if (Array.isArray(data)) {
    semaphores = data.map((id) => SysvSemaphore.fromId(id));
  } else if (data === "close") {
    for (const semaphore of semaphores) semaphore.close();
    self.close();
  } else if (data === "take") {
    for (const semaphore of semaphores) {
      semaphore.acquireSync(1, { undo: true });
    }
    self.postMessage(data);
  } else {
    for (let i = 0; i < data; i++) {
      for (const semaphore of semaphores) {
        semaphore.release();
        for (let spin = Math.random() * 400; spin > 0; spin--) Atomics.pause();
      }
    }
    self.postMessage(data);
  }
};
