/**
 * Tries each thing that needs descriptors with every number of them that is
 * too small. Prints the outcomes, whether as many descriptors could be had
 * each time, and whether what failed works when there are enough.
 *
 * Argument: the path of a FIFO.
 */

import { openFifo, openFifoSync } from "@ipc/fifo";
import { duplexPipe, isOsError, pipe } from "@ipc/pipe";
import { exhaust } from "../_util/exhaust.ts";

const path = Deno.args[0]!;
const empty = pipe();
const full = pipe();
for (const size of [4096, 1]) {
  while (full.writer.tryWrite(new Uint8Array(size)) !== undefined);
}

/** Things to do, and how many descriptors they need. */
const attempts: [string, number, () => unknown][] = [
  ["pipe", 2, () => pipe()],
  ["duplexPipe", 4, () => duplexPipe()],
  ["openFifo", 2, () => openFifo(path, { read: true, write: true })],
  ["openFifo", 1, () => openFifo(path, { read: true })],
  ["openFifoSync", 1, () => openFifoSync(path, { write: true })],
  ["openFifoSync", 2, () => openFifoSync(path, { read: true, keepOpen: true })],
  // The event loop needs one to watch, and the reactor three.
  ["read", 1, () => empty.reader.read(new Uint8Array(1))],
  ["write", 3, () => full.writer.write(new Uint8Array(1))],
];

async function outcomeOf(run: () => unknown): Promise<string> {
  try {
    await run();
    return "done";
  } catch (error) {
    if (!isOsError(error)) return String(error);
    const isClear = error.message.includes("RLIMIT_NOFILE allows this process");
    return isClear ? String(error.code) : error.message;
  }
}

/** Does something with a number of descriptors left. */
async function attempt(
  left: number,
  run: () => unknown,
): Promise<[outcome: string, free: number]> {
  const files = exhaust();
  for (const file of files.slice(0, left)) file.close();
  const outcome = await outcomeOf(run);
  for (const file of files.slice(left)) file.close();
  return [outcome, files.length];
}

// Whatever is bound, or opened once and for all, is so from here on.
await attempt(0, () => openFifoSync(path, { read: true, write: true }));
openFifoSync(path, { read: true, write: true }).close();

const outcomes: Record<string, string[]> = {};
const free = new Set<number>();
for (const [name, needed, run] of attempts) {
  for (let left = 0; left < needed; left++) {
    const [outcome, count] = await attempt(left, run);
    (outcomes[name] ??= []).push(outcome);
    free.add(count);
  }
}
const [, count] = await attempt(0, () => {});
free.add(count);
const reading = empty.reader.read(new Uint8Array(1));
const writing = full.writer.write(new Uint8Array(1));
setTimeout(() => {
  empty.writer.writeSync(new Uint8Array(1));
  full.reader.readSync(new Uint8Array(4096));
}, 1);
const later = await Promise.all([reading, writing]);
console.log(JSON.stringify({ outcomes, leaks: free.size - 1, later }));
