/**
 * A worker that uses a semaphore by its name: it takes one, says so, waits a
 * little, and gives as many as it is told.
 */

/// <reference lib="deno.worker" />

import { openSemaphore } from "@ipc/shm";

self.onmessage = async ({ data }) => {
  const { name, give, async } = data as {
    name: string;
    give: number;
    async: boolean;
  };
  using semaphore = openSemaphore(name);
  if (async) await semaphore.acquire();
  else semaphore.acquireSync();
  for (let i = 0; i < give; i++) semaphore.release();
  self.postMessage("done");
};
