/** Blocks one way through slots in shared memory that two semaphores count. */

import {
  measureReceiving,
  measureSending,
  numberOption,
  option,
  ready,
} from "./peer.ts";
import { remove, semaphore, sharedMemory } from "./shared_objects.ts";

const size = numberOption("size", 64);
const count = numberOption("slots", 8);
const createNew = option("role") === "receiver";
using memory = sharedMemory("memory", createNew, size * count);
using empty = semaphore("empty", createNew, count);
using full = semaphore("full", createNew);
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
  remove("memory", "empty", "full");
} else {
  measureSending((phase) => {
    own[0] = phase;
    empty.acquireSync();
    nextSlot().set(own);
    full.release();
  });
}
