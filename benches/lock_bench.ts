/** Locks in shared memory: uncontended, contended, and handed over. */

import type { Bench, Row, Table } from "./harness/bench.ts";
import { operationMetrics, roundTripMetrics } from "./harness/metric.ts";

const robust = "C, pthread robust";
const read = "C, pthread, read";
const write = "C, pthread, write";

const pair: Table = {
  title: "Acquiring what is free, and releasing it, in one process",
  metrics: operationMetrics,
  placements: ["none"],
  rows: [
    { name: robust, program: "lock_pair.c", options: { kind: "robust" } },
    {
      name: "C, pthread plain",
      program: "lock_pair.c",
      options: { kind: "plain" },
      baseline: robust,
    },
    {
      name: "C, ours",
      program: "lock_pair.c",
      options: { kind: "ipc" },
      baseline: robust,
    },
    {
      name: "mutex.acquireSync, release",
      program: "lock_pair.ts",
      options: { way: "sync" },
      baseline: robust,
    },
    {
      name: "mutex.tryAcquire, release",
      program: "lock_pair.ts",
      options: { way: "try" },
      baseline: robust,
    },
    {
      name: "using lock = mutex.acquireSync",
      program: "lock_pair.ts",
      options: { way: "using" },
      baseline: robust,
    },
    {
      name: "Python multiprocessing.Lock",
      program: "lock_pair.py",
      baseline: robust,
    },
    { name: read, program: "lock_pair.c", options: { way: "read" } },
    {
      name: "rwLock.acquireReadSync, release",
      program: "lock_pair.ts",
      options: { way: "read" },
      baseline: read,
    },
    { name: write, program: "lock_pair.c", options: { way: "write" } },
    {
      name: "rwLock.acquireWriteSync, release",
      program: "lock_pair.ts",
      options: { way: "write" },
      baseline: write,
    },
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

const sides = [{ role: "server" }, { role: "client" }];
const blocked = "C, pthread robust, which blocks";

const turns: Table = {
  title: "The turn there and back, by a mutex and a condition",
  metrics: roundTripMetrics,
  placements: ["none", "same", "diff"],
  rows: [
    { name: blocked, program: "lock_turns.c", processes: sides },
    ...(["sync", "async"] as const).flatMap((way) =>
      (["adaptive", "block"] as const).map((wait) => ({
        name: `${way}, ${wait}`,
        program: "lock_turns.ts",
        processes: sides,
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
