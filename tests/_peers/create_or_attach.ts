/**
 * One of two processes that take turns: one creates a memory while the other
 * already tries to attach to it, over and over. It prints how often it
 * created, how often it attached, and how often it saw the wrong size.
 *
 * Arguments: the semaphore to release and the one to acquire to meet the
 * other, which of the two it is (0 or 1), the beginning of the names, how
 * many names.
 */

import { openSemaphore, openSharedMemory, type SharedMemory } from "@ipc/shm";

const [mineName, otherName, which, prefix, times] = Deno.args as [
  string,
  string,
  string,
  string,
  string,
];
using mine = openSemaphore(mineName);
using other = openSemaphore(otherName);
const cell = new Int32Array(new SharedArrayBuffer(4));
const outcome = { created: 0, attached: 0, wrong: 0 };

function meet(): void {
  mine.release();
  other.acquireSync({ timeout: 10_000 });
}

/** Tries at once again, and after a while lets the other run, too. */
function attach(name: string): SharedMemory {
  for (let tries = 0;; tries++) {
    try {
      return openSharedMemory(name);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    if (tries > 20) Atomics.wait(cell, 0, 0, 0.05);
  }
}

for (let i = 0; i < Number(times); i++) {
  const name = `${prefix}${i}`;
  const creates = i % 2 === Number(which);
  meet();
  using memory = creates
    ? openSharedMemory(name, { createNew: true, size: 4096 })
    : attach(name);
  using undo = new DisposableStack();
  if (creates) undo.defer(() => memory.unlink());
  const { created, buffer, byteLength } = memory;
  if (created) outcome.created++;
  else outcome.attached++;
  if (byteLength !== 4096 || buffer.byteLength !== 4096) outcome.wrong++;
  meet();
}
console.log(JSON.stringify(outcome));
