/**
 * Fills a small `/dev/shm`, in its own mount namespace, to the last page, and
 * prints the messages of what cannot be created then, and the names that are
 * left, as JSON.
 */

import { openRingReader } from "@ipc/ring";
import { openSemaphore } from "@ipc/shm";

function messageOf(run: () => unknown): string {
  try {
    run();
    return "done";
  } catch (error) {
    return String(error);
  }
}

try {
  using file = Deno.openSync("/dev/shm/all", { create: true, write: true });
  for (;;) file.writeSync(new Uint8Array(4096));
} catch {
  // It is full.
}
const ring = messageOf(() => openRingReader("/ring", { create: true }));
const semaphore = messageOf(() => openSemaphore("/sem", { create: true }));
const names = Array.from(Deno.readDirSync("/dev/shm"), ({ name }) => name);
console.log(JSON.stringify({ ring, semaphore, names }));
