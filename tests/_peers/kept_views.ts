/**
 * Keeps views of memory that is closed, forces the garbage collector, and
 * touches them. Run it with `--v8-flags=--expose-gc`. It prints how many
 * views still reached anything.
 *
 * Argument: how many times.
 */

import { openSharedMemory } from "@ipc/shm";

type Collect = (options?: { type: "minor" }) => void;
const collect = (globalThis as unknown as { gc: Collect }).gc;

const kept: Uint8Array[] = [];
let reached = 0;
for (let i = 0; i < Number(Deno.args[0]); i++) {
  const memory = openSharedMemory(null, { size: 64 });
  memory.unlink();
  const view = new Uint8Array(memory.buffer);
  view.fill(1);
  kept[i % 100] = view;
  memory.close();
  if (i % 100 === 99) collect();
  else collect({ type: "minor" });
  for (const old of kept) {
    old[0] = 2;
    if (old.length !== 0 || old[0] !== undefined) reached++;
  }
}
console.log(reached);
