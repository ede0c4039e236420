/**
 * Makes an even number of each odd one, for ever, as it is notified.
 *
 * Arguments: the memory, `sync` or `async`.
 */

import { Condition, Mutex } from "@ipc/lock";
import { openSharedMemory } from "@ipc/shm";

const [name, way] = Deno.args as [string, string];
const memory = openSharedMemory(name);
const mutex = new Mutex(memory.buffer);
const condition = new Condition(memory.buffer, 16);
const turn = new Int32Array(memory.buffer, 64, 1);
console.log("ok");
for (;;) {
  using lock = mutex.acquireSync();
  while (turn[0]! % 2 === 0) {
    if (way === "sync") condition.waitSync(lock);
    else await condition.wait(lock);
  }
  turn[0]!++;
  condition.notifyOne();
}
