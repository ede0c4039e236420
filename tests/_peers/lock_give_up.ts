/** Gives up all it waits for, and has nothing left to do. */

import { Mutex } from "@ipc/lock";

const buffer = new ArrayBuffer(16);
const mutex = new Mutex(buffer);
mutex.acquireSync();
const controller = new AbortController();
const { signal } = controller;
const waits = [1, 2, 3].map(() => mutex.acquire({ signal }));
setTimeout(() => controller.abort(), 20);
const results = await Promise.allSettled(waits);
if (results.every(({ status }) => status === "rejected")) {
  console.log("given up");
}
