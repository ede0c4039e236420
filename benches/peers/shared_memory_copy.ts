/** Blocks one way through slots in shared memory that two semaphores count. */

import { openSemaphore, openSharedMemory } from "@ipc/shm";
import type { WaitStrategy } from "@ipc/shm";
import {
  measureReceiving,
  measureSending,
  numberOption,
  option,
  ready,
} from "./peer.ts";

const size = numberOption("size", 64);
const count = numberOption("slots", 8);
const prefix = `/${option("name")}`;
const createNew = option("role") === "receiver";
const wait = option("wait", "adaptive") as WaitStrategy;

using memory = openSharedMemory(`${prefix}_memory`, {
  createNew,
  size: size * count,
});
using empty = openSemaphore(`${prefix}_empty`, {
  createNew,
  value: count,
  wait,
});
using full = openSemaphore(`${prefix}_full`, { createNew, wait });
const slots = Array.from(
  { length: count },
  (_, index) => new Uint8Array(memory.buffer, index * size, size),
);
const own = new Uint8Array(size).fill(1);
let next = 0;

function nextSlot(): Uint8Array {
  const slot = slots[next]!;
  next = next + 1 === count ? 0 : next + 1;
  return slot;
}

if (createNew) {
  ready();
  measureReceiving(() => {
    full.acquireSync();
    own.set(nextSlot());
    empty.release();
    return own[0]!;
  }, size);
  for (const object of [memory, empty, full]) object.unlink();
} else {
  measureSending((phase) => {
    own[0] = phase;
    empty.acquireSync();
    nextSlot().set(own);
    full.release();
  });
}
