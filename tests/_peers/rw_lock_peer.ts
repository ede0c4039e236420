/**
 * Reads and writes beside others, for ever: rw_lock_peer.ts NAME WAY. Behind
 * the lock are two numbers that are equal while nobody writes, and a count of
 * the writers inside.
 *
 * The ways: `hammer` reads and writes in turn, `read` and `write` acquire once
 * and stay.
 */

import { RW_LOCK_SIZE, RwLock } from "@ipc/lock";
import { openSharedMemory } from "@ipc/shm";

const [name, way] = Deno.args as [string, string];
const memory = openSharedMemory(name);
const lock = new RwLock(memory.buffer);
const numbers = new Float64Array(memory.buffer, RW_LOCK_SIZE, 2);

function write(): void {
  using held = lock.acquireWriteSync();
  if (held.ownerDied) {
    numbers[1] = numbers[0]!;
    held.markConsistent();
  }
  if (numbers[0] !== numbers[1]) Deno.exit(7);
  numbers[0]!++;
  numbers[1]!++;
}

function read(): void {
  using held = lock.acquireReadSync();
  const [one, other] = numbers as unknown as [number, number];
  if (one !== other && !held.ownerDied) Deno.exit(8);
}

switch (way) {
  case "hammer":
    console.log("ok");
    for (;;) {
      read();
      write();
      read();
    }
  // falls through
  case "read":
    lock.acquireReadSync();
    break;
  case "write":
    lock.acquireWriteSync();
}
console.log("ok");
setInterval(() => {}, 1000);
