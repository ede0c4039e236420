/** Shared memory: blocks copied in on one side and out on the other. */

import type { Bench, Options, Row, Table } from "./harness/bench.ts";
import { throughputMetrics } from "./harness/metric.ts";

const block = { wait: "block" };

/** Blocks of one size, one way, through eight slots. */
function copies(size: number, words: string): Table {
  const sides = [{ role: "receiver" }, { role: "sender" }];
  const row = (
    name: string,
    program: string,
    options: Options = {},
    baseline?: string,
  ): Row => ({
    name,
    program: `shared_memory_copy.${program}`,
    options: { size, ...options },
    // Python's own semaphores are shared by a fork, so it starts one process.
    processes: options["via"] === "multiprocessing" ? [{}] : sides,
    ...baseline && { baseline },
    ...options["via"] === "posix_ipc" && { modules: ["posix_ipc"] },
  });
  const cSpin = "C, 50 pauses and 100 yields first";
  return {
    title: `Blocks of ${words} one way through shared memory, two semaphores`,
    metrics: throughputMetrics,
    placements: ["none", "diff"],
    rows: [
      row(cSpin, "c"),
      row("sync, adaptive", "ts", {}, cSpin),
      row("C, block", "c", block),
      row("sync, block", "ts", block, "C, block"),
      row("Python multiprocessing", "py", { via: "multiprocessing" }, cSpin),
      row("Python posix_ipc", "py", { via: "posix_ipc" }, cSpin),
    ],
  };
}

/** Shared memory. */
export const bench: Bench = {
  title: "blocks of bytes through shared memory",
  tables: [
    copies(64, "64 bytes"),
    copies(4096, "4 KiB"),
    copies(65536, "64 KiB"),
    copies(1_048_576, "1 MiB"),
  ],
};
