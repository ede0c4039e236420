/**
 * A worker that releases semaphores at moments of its own.
 *
 * It is sent the names once, and then, for each round, how many times to
 * release each.
 */

/// <reference lib="deno.worker" />

import { openSemaphore, type Semaphore } from "@ipc/shm";

let semaphores: Semaphore[] = [];

self.onmessage = ({ data }) => {
  if (Array.isArray(data)) {
    semaphores = data.map((name) => openSemaphore(name));
  } else if (data === "close") {
    for (const semaphore of semaphores) semaphore.close();
    self.close();
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
