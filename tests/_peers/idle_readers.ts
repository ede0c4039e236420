/**
 * Waits for many pipes at once, and prints, as JSON, how many threads that
 * took, and how many reads were served when bytes came.
 *
 * Argument: how many pipes.
 */

import { pipe } from "@ipc/pipe";
import { sleep } from "../_util/wait.ts";

function threads(): number {
  const status = Deno.readTextFileSync("/proc/self/status");
  return Number(status.match(/^Threads:\s*(\d+)$/m)![1]);
}

const pipes = Array.from({ length: Number(Deno.args[0]) }, () => pipe());
const before = threads();
const reads = pipes.map(({ reader }) => reader.read(new Uint8Array(4)));
await sleep(100);
const more = threads() - before;

// In an order that is none: 7 has no factor in common with the count.
for (let i = 0; i < pipes.length; i++) {
  const { writer } = pipes[i * 7 % pipes.length]!;
  writer.writeSync(new Uint8Array(1 + i % 3));
}
const counts = await Promise.all(reads);
for (const ends of pipes) ends.close();
console.log(JSON.stringify({
  more,
  served: counts.filter((count, i) => count === 1 + served(i) % 3).length,
}));

/** When a pipe was written to. */
function served(index: number): number {
  for (let i = 0;; i++) if (i * 7 % pipes.length === index) return i;
}
