/** Many readers that wait for bytes that do not come, in one process. */

import { pipe } from "@ipc/pipe";
import { now } from "./clock.ts";
import { cpu, numberOption, report } from "./peer.ts";

const count = numberOption("readers", 1000);
const pause = numberOption("idle_ms", 3000);

function threads(): number {
  if (Deno.build.os !== "linux") return NaN;
  return [...Deno.readDirSync("/proc/self/task")].length;
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

await sleep(100);
const before = threads();
const ends = Array.from({ length: count }, () => pipe());
const reads = ends.map(({ reader }) => reader.read(new Uint8Array(64)));
await sleep(500);

const used = cpu();
const start = now();
await sleep(pause);
const percent = (cpu() - used) * 1e5 / (now() - start);
const more = threads() - before;

for (const { writer } of ends) writer.writeSync(new Uint8Array(64));
const got = await Promise.all(reads);
if (got.some((bytes) => bytes !== 64)) throw new Error("A read went wrong");
for (const end of ends) end.close();
report({ percent, more_threads: more });
