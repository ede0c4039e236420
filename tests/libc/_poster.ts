/** A worker that releases a semaphore a little after it is told to. */

/// <reference lib="deno.worker" />

import { openSemaphore } from "@ipc/shm";
import { sleepSync } from "../../libc/sched.ts";

self.onmessage = ({ data: { name, after } }) => {
  using semaphore = openSemaphore(name);
  sleepSync(after);
  semaphore.release();
};
self.postMessage("ready");
