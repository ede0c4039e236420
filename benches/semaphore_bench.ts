/** Named semaphores: taking one that is there, and waking whoever waits. */

import type { Bench, Row, Table } from "./harness/bench.ts";
import { operationMetrics, roundTripMetrics } from "./harness/metric.ts";

const pair: Table = {
  title: "Taking one that is there and giving it back, in one process",
  metrics: operationMetrics,
  placements: ["none"],
  rows: [
    { name: "C", program: "semaphore_pair.c" },
    {
      name: "tryAcquire, release of the lock",
      program: "semaphore_pair.ts",
      options: { way: "lock" },
      baseline: "C",
    },
    {
      name: "tryAcquire, release of the semaphore",
      program: "semaphore_pair.ts",
      options: { way: "plain" },
      baseline: "C",
    },
    {
      name: "acquireSync, release of the lock",
      program: "semaphore_pair.ts",
      options: { way: "sync" },
      baseline: "C",
    },
    {
      name: "using lock = acquireSync",
      program: "semaphore_pair.ts",
      options: { way: "using" },
      baseline: "C",
    },
    ...pythonRows("semaphore_pair.py"),
  ],
  goals: [
    { row: "tryAcquire, release of the lock", atMost: 40 },
    { row: "tryAcquire, release of the lock", than: "C", atMost: 3 },
  ],
};

const sides = [{ role: "server" }, { role: "client" }];
const sync = { program: "semaphore_round_trip.ts", processes: sides };
const async = { program: "semaphore_round_trip_async.ts", processes: sides };
const c = { program: "semaphore_round_trip.c", processes: sides };
const raw = {
  name: "raw FFI, async, block",
  program: "semaphore_round_trip_raw.ts",
  processes: sides,
  baseline: "C, block",
};

const roundTrip: Table = {
  title: "64 bytes there and back through shared memory, two semaphores",
  metrics: roundTripMetrics,
  placements: ["none", "same", "diff"],
  rows: [
    { ...c, name: "C, block", options: { wait: "block" } },
    {
      ...sync,
      name: "sync, block",
      options: { wait: "block" },
      baseline: "C, block",
    },
    { ...c, name: "C, 50 pauses and 100 yields first" },
    {
      ...sync,
      name: "sync, adaptive",
      baseline: "C, 50 pauses and 100 yields first",
    },
    {
      ...async,
      name: "async, adaptive",
      baseline: "C, 50 pauses and 100 yields first",
    },
    {
      ...async,
      name: "async, block",
      options: { wait: "block" },
      baseline: "C, block",
    },
    raw,
    ...pythonRows("semaphore_round_trip.py", "C, block"),
    {
      name: "Node: Atomics.wait between two threads",
      program: "semaphore_round_trip.mjs",
      baseline: "C, block",
    },
  ],
  goals: [
    { row: "sync, block", than: "C, block", atMost: 1.15 },
    { row: "sync, adaptive", atMost: 0.3, placements: ["none", "diff"] },
    {
      row: "sync, adaptive",
      than: "Python multiprocessing",
      timesAsFast: 100,
      placements: ["diff"],
    },
    {
      row: "sync, adaptive",
      than: "sync, block",
      atMost: 1.5,
      placements: ["same"],
    },
    { row: "async, adaptive", atMost: 5 },
    { row: "async, block", than: "C, block", atMost: 2.2 },
  ],
};

const gap = { gap_us: 1000 };

const idle: Table = {
  title: "The same, asked 1 ms after the last answer",
  metrics: roundTripMetrics,
  placements: ["none", "same", "diff"],
  rows: [
    { ...c, name: "C, block", options: { ...gap, wait: "block" } },
    {
      ...sync,
      name: "sync, block",
      options: { ...gap, wait: "block" },
      baseline: "C, block",
    },
    {
      ...sync,
      name: "sync, adaptive",
      options: gap,
      baseline: "C, block",
    },
    {
      ...async,
      name: "async, adaptive",
      options: gap,
      baseline: "C, block",
    },
    {
      ...async,
      name: "async, block",
      options: { ...gap, wait: "block" },
      baseline: "C, block",
    },
    { ...raw, options: gap },
  ],
  goals: [{ row: "async, adaptive", than: "C, block", atMost: 2.2 }],
};

/** The ways of Python: what it comes with, and what it is said to have. */
function pythonRows(program: string, baseline = "C"): Row[] {
  const processes = program.includes("trip") ? { processes: sides } : {};
  return [
    {
      name: "Python multiprocessing",
      program,
      options: { via: "multiprocessing" },
      baseline,
    },
    {
      ...processes,
      name: "Python ctypes",
      program,
      options: { via: "ctypes" },
      baseline,
    },
    {
      ...processes,
      name: "Python posix_ipc",
      program,
      options: { via: "posix_ipc" },
      modules: ["posix_ipc"],
      baseline,
    },
  ];
}

/** Semaphores. */
export const bench: Bench = {
  title: "named semaphores",
  tables: [pair, roundTrip, idle],
};
