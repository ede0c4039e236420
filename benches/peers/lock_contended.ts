/** Several processes take turns; the last one counts for all. */

import { Mutex, MUTEX_SIZE } from "@ipc/lock";
import type { WaitStrategy } from "@ipc/lock";
import { openSharedMemory } from "@ipc/shm";
import { now } from "./clock.ts";
import { numberOption, option, ready, report } from "./peer.ts";

const role = option("role");
const isFirst = role === "first";
const memory = openSharedMemory(
  `/${option("name")}_locks`,
  isFirst ? { createNew: true, size: MUTEX_SIZE + 16 } : {},
);
const wait = option("wait", "adaptive") as WaitStrategy;
const mutex = new Mutex(memory.buffer, 0, { wait });
const count = new Float64Array(memory.buffer, MUTEX_SIZE, 1);
const stop = new Int32Array(memory.buffer, MUTEX_SIZE + 8, 1);

function add(): void {
  const lock = mutex.acquireSync();
  count[0]!++;
  lock.release();
}

if (role !== "last") {
  if (isFirst) ready();
  while (Atomics.load(stop, 0) === 0) add();
  if (isFirst) memory.unlink();
  report({});
} else {
  const warm = numberOption("warm_ms", 200) * 1e6;
  const span = numberOption("time_ms", 400) * 1e6;
  for (const start = now(); now() - start < warm;) add();
  const before = count[0]!;
  const start = now();
  let end = start, own = 0;
  for (; end - start < span; end = now(), own++) add();
  const all = count[0]! - before;
  stop[0] = 1;
  report({ m_per_s: all * 1e3 / (end - start), share: 100 * own / all });
}
