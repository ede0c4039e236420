/**
 * Runs out of memory in a `/dev/shm` of 1 MiB, in its own mount namespace,
 * and prints what is left as JSON.
 */

import { isOsError, openSharedMemory } from "@ipc/shm";

const KIB = 1024;

function codeOf(run: () => unknown): string | undefined {
  try {
    run();
    return "done";
  } catch (error) {
    return isOsError(error) ? error.code : String(error);
  }
}

using memory = openSharedMemory("/first", { createNew: true, size: 600 * KIB });
new Uint8Array(memory.buffer).fill(1);
const create = codeOf(() =>
  openSharedMemory("/second", { create: true, size: 600 * KIB })
);
const grow = codeOf(() => memory.resize(2000 * KIB));
const truncate = codeOf(() =>
  openSharedMemory("/first", { truncate: true, size: 2000 * KIB })
);
const names = [...Deno.readDirSync("/dev/shm")].map(({ name }) => name);
// What was reserved for the failures is free again.
using rest = openSharedMemory("/rest", { createNew: true, size: 400 * KIB });
new Uint8Array(rest.buffer).fill(2);
console.log(JSON.stringify({
  create,
  grow,
  truncate,
  names,
  size: memory.stat().size,
  intact: new Uint8Array(memory.buffer).every((byte) => byte === 1),
}));
