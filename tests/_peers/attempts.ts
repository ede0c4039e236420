/** Makes one attempt after another with POSIX objects, by their names. */

import {
  openSemaphore,
  openSharedMemory,
  unlinkSemaphore,
  unlinkSharedMemory,
} from "@ipc/shm";
import { makeAttempts } from "./_attempts.ts";

makeAttempts({
  open: (name) => openSharedMemory(name).close(),
  read: (name) => openSharedMemory(name, { write: false }).close(),
  create: (name) => {
    openSharedMemory(name, { create: true, size: 4096 }).close();
  },
  random: () => openSharedMemory(null, { size: 4096 }).close(),
  unlink: unlinkSharedMemory,
  openSemaphore: (name) => openSemaphore(name).close(),
  createSemaphore: (name) => openSemaphore(name, { create: true }).close(),
  unlinkSemaphore,
  exhaust,
});

/** Opens a memory until it fails: until no descriptor is left. */
function exhaust(name: string): void {
  for (;;) openSharedMemory(name);
}
