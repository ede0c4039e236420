/**
 * Many receivers that wait for messages of System V queues that do not come,
 * in one process.
 */

import { openSysvMessageQueue } from "@ipc/mqueue";
import { now } from "./clock.ts";
import { cpu, numberOption, report } from "./peer.ts";

const count = numberOption("receivers", 50);
const pause = numberOption("idle_ms", 3000);

function threads(): number {
  return [...Deno.readDirSync("/proc/self/task")].length;
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

await sleep(100);
const before = threads();
const queues = Array.from(
  { length: count },
  () => openSysvMessageQueue(null),
);
using undo = new DisposableStack();
for (const queue of queues) undo.defer(() => queue.remove());
const waits = queues.map((queue) => queue.receive());
await sleep(500);

const used = cpu();
const start = now();
await sleep(pause);
const percent = (cpu() - used) * 1e5 / (now() - start);
const more = threads() - before;

for (const queue of queues) queue.sendSync(new Uint8Array(8));
await Promise.all(waits);
for (const queue of queues) queue.close();
report({ percent, more_threads: more });
