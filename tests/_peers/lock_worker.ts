/** A worker that holds a mutex by its name, or adds to a number for ever. */

/// <reference lib="deno.worker" />

import { Mutex, openMutex } from "@ipc/lock";

self.onmessage = ({ data }) => {
  const { name, buffer } = data as { name?: string; buffer?: ArrayBufferLike };
  const mutex = name === undefined ? new Mutex(buffer!) : openMutex(name);
  mutex.acquireSync();
  self.postMessage("held");
};
