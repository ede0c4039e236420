/** Locks in shared memory: uncontended, contended, and handed over. */

import type { Bench, Row, Table } from "./harness/bench.ts";
import { operationMetrics, roundTripMetrics } from "./harness/metric.ts";
import { bothWays, rowMaker } from "./harness/rows.ts";

const robust = "C, pthread robust";
const read = "C, pthread, read";
const write = "C, pthread, write";

const inOne = rowMaker("lock_pair");

const pair: Table = {
  title: "Acquiring what is free, and releasing it, in one process",
  metrics: operationMetrics,
  placements: ["none"],
  rows: [
    inOne(robust, ".c", { kind: "robust" }),
    inOne("C, pthread plain", ".c", { kind: "plain" }, robust),
    inOne("C, ours", ".c", { kind: "ipc" }, robust),
    inOne("mutex.acquireSync, release", ".ts", { way: "sync" }, robust),
    inOne("mutex.tryAcquire, release", ".ts", { way: "try" }, robust),
    inOne("using lock = mutex.acquireSync", ".ts", { way: "using" }, robust),
    {
      name: "Python multiprocessing.Lock",
      program: "lock_pair.py",
      baseline: robust,
    },
    inOne(read, ".c", { way: "read" }),
    inOne("rwLock.acquireReadSync, release", ".ts", { way: "read" }, read),
    inOne(write, ".c", { way: "write" }),
    inOne("rwLock.acquireWriteSync, release", ".ts", { way: "write" }, write),
  ],
  goals: [
    { row: "mutex.acquireSync, release", atMost: 50 },
    { row: "mutex.acquireSync, release", than: robust, atMost: 3 },
  ],
};

const turnMetrics = [
  { key: "m_per_s", label: "million/s in all", moreIsBetter: true },
  { key: "share", label: "% of one that measures" },
] as const;

/** So many processes that want one mutex all the time. */
function contended(count: number): Table {
  const roles = ["first", ...Array(count - 2).fill("other"), "last"];
  const processes = roles.map((role: string) => ({ role }));
  const rows: Row[] = [
    { name: robust, program: "lock_contended.c", processes },
    {
      name: "C, ours",
      program: "lock_contended.c",
      processes,
      options: { kind: "ipc" },
      baseline: robust,
    },
    {
      name: "adaptive",
      program: "lock_contended.ts",
      processes,
      baseline: robust,
    },
    {
      name: "block",
      program: "lock_contended.ts",
      processes,
      options: { wait: "block" },
      baseline: robust,
    },
    {
      name: "Python multiprocessing.Lock",
      program: "lock_contended.py",
      options: { processes: count },
      baseline: robust,
    },
  ];
  return {
    title: `${count} processes that take turns at adding to a number`,
    metrics: turnMetrics,
    placements: ["none", "same", "diff"],
    rows,
  };
}

const blocked = "C, pthread robust, which blocks";

const turns: Table = {
  title: "The turn there and back, by a mutex and a condition",
  metrics: roundTripMetrics,
  placements: ["none", "same", "diff"],
  rows: [
    { name: blocked, program: "lock_turns.c", processes: bothWays },
    ...(["sync", "async"] as const).flatMap((way) =>
      (["adaptive", "block"] as const).map((wait) => ({
        name: `${way}, ${wait}`,
        program: "lock_turns.ts",
        processes: bothWays,
        options: { way, wait },
        baseline: blocked,
      }))
    ),
  ],
};

/** Locks. */
export const bench: Bench = {
  title: "locks in shared memory",
  tables: [pair, contended(2), contended(4), turns],
};
