/** Makes one attempt after another with FIFOs, by their paths. */

import { mkfifo, openFifoSync } from "@ipc/fifo";
import { makeAttempts } from "./_attempts.ts";

const timeout = 0;

makeAttempts({
  mkfifo: (path) => mkfifo(path),
  read: (path) => openFifoSync(path, { read: true, timeout }).close(),
  write: (path) => openFifoSync(path, { write: true, timeout }).close(),
  both: (path) => openFifoSync(path, { read: true, write: true }).close(),
  keep: (path) => openFifoSync(path, { read: true, keepOpen: true }).close(),
});
