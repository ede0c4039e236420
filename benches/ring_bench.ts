/** Rings in shared memory: there and back, one way, many to one, and idle. */

import type { Bench, Options, Row, Table } from "./harness/bench.ts";
import { eventLoopRow } from "./harness/event_loop.ts";
import {
  idleSwitchMetrics,
  recordMetrics,
  roundTripMetrics,
  throughputMetrics,
} from "./harness/metric.ts";
import { block, copyMaker, roundTripMaker } from "./harness/rows.ts";

const copy = copyMaker("ring");
const c = "C, 50 pauses and 100 yields first";
const bare = "bare loop over the same memory";
const worker = "Node: postMessage between two threads";
const queue = "Python multiprocessing.Queue";
const iceoryx = "iceoryx in C, 50 pauses and then yields";
const semaphores = "Python: shared memory, multiprocessing.Semaphore";

const roundTrips: Table = {
  title: "64 bytes there and back through two rings",
  metrics: roundTripMetrics,
  placements: ["none", "same", "diff"],
  rows: [
    ...roundTripRows({}),
    {
      name: bare,
      program: "ring_round_trip_bare.ts",
      processes: [{ role: "server" }, { role: "client" }],
      baseline: c,
    },
    { ...iceoryxRow(iceoryx, "back"), baseline: c },
    {
      name: worker,
      program: "worker_messages.mjs",
      options: { way: "back" },
      baseline: c,
    },
    {
      name: queue,
      program: "queue_messages.py",
      options: { way: "back" },
      baseline: c,
    },
  ],
  goals: [
    { row: "sync", atMost: 0.35, placements: ["diff"] },
    { row: "sync", than: c, atMost: 1.3, placements: ["diff"] },
    { row: "sync", than: iceoryx, timesAsFast: 4, placements: ["diff"] },
    { row: "sync", than: worker, timesAsFast: 200, placements: ["diff"] },
    { row: "sync", than: queue, timesAsFast: 200, placements: ["diff"] },
    { row: "async", atMost: 1, placements: ["diff"] },
  ],
};

const gap: Options = { gap_us: 1000 };

const idleRoundTrips: Table = {
  title: "The same, asked 1 ms after the last answer",
  metrics: roundTripMetrics,
  placements: ["none", "same", "diff"],
  rows: [
    ...roundTripRows(gap),
    { ...eventLoopRow(gap), baseline: "sync, block" },
  ],
  goals: [
    { row: "async, block", than: "sync, block", atMost: 1.3 },
    { row: "async", than: "sync, block", atMost: 1.3 },
  ],
};

const cEach = "C, each published";
const cBatch = "C, 32 at a time, where they are";
const one: Options = { batch: 1, way: "into" };

const copies: Table = {
  title: "64 bytes one way through a ring of 256 KiB",
  metrics: recordMetrics,
  placements: ["none", "diff"],
  rows: [
    copy(cEach, ".c", one),
    copy("into a buffer, each published", ".ts", one, cEach),
    copy("owned, 32 at a time", ".ts", { batch: 32, way: "owned" }, cEach),
    copy(cBatch, ".c", { batch: 32, way: "views" }),
    copy("views, 32 at a time", ".ts", { batch: 32, way: "views" }, cBatch),
    copy("async, 32 at a time", ".ts", { batch: 32, way: "async" }, cBatch),
    copy(
      "for await, 32 at a time",
      ".ts",
      { batch: 32, way: "iterate" },
      cBatch,
    ),
    copy("batches, 32 at a time", ".ts", { batch: 32, way: "batches" }, cBatch),
    { ...iceoryxRow(iceoryx, "copy"), baseline: cEach },
    { name: worker, program: "worker_messages.mjs", baseline: cEach },
    { name: queue, program: "queue_messages.py", baseline: cEach },
  ],
  goals: [
    { row: "into a buffer, each published", atLeast: 12 },
    { row: "into a buffer, each published", than: cEach, timesAsFast: 0.6 },
    { row: "into a buffer, each published", than: worker, timesAsFast: 20 },
    { row: "into a buffer, each published", than: queue, timesAsFast: 50 },
    { row: "into a buffer, each published", than: iceoryx, timesAsFast: 10 },
    { row: "owned, 32 at a time", atLeast: 8 },
    { row: "views, 32 at a time", atLeast: 20 },
    { row: "views, 32 at a time", than: cBatch, timesAsFast: 0.6 },
    { row: "batches, 32 at a time", atLeast: 8 },
    { row: "for await, 32 at a time", atLeast: 3 },
  ],
};

const large = (size: number, title: string, ratio: number): Table => ({
  title: `${title} one way, into a buffer that is used again`,
  metrics: throughputMetrics,
  placements: ["none", "diff"],
  rows: [
    copy("C", ".c", { ...one, size, capacity: 4_194_304 }),
    copy("ring", ".ts", { ...one, size, capacity: 4_194_304 }, "C"),
    {
      name: semaphores,
      program: "shared_memory_copy.py",
      // Its semaphores are shared by a fork, so it starts its other side.
      options: { size, slots: 4, via: "multiprocessing" },
      baseline: "C",
    },
  ],
  goals: [
    { row: "ring", than: "C", timesAsFast: ratio },
    { row: "ring", than: semaphores, timesAsFast: 2 },
  ],
});

const many: Table = {
  title: "64 bytes one way, from several producers to one consumer",
  metrics: recordMetrics,
  placements: ["none"],
  rows: [1, 4].map((producers): Row => ({
    name: `${producers}`,
    program: "ring_many.ts",
    options: { producers },
    processes: [
      ...Array(producers).fill({ role: "sender" }),
      { role: "receiver" },
    ].reverse(),
    baseline: "1",
  })),
  goals: [{ row: "4", than: "1", timesAsFast: 0.5 }],
};

const idle: Table = {
  title: "Two processes that wait for each other",
  metrics: idleSwitchMetrics,
  placements: ["none"],
  passes: 3,
  rows: ["sync", "async"].map((way) => ({
    name: way,
    program: "ring_idle.ts",
    options: { way },
    permissions: ["--allow-all"],
  })),
  goals: [
    { row: "sync", atMost: 0.1 },
    { row: "async", atMost: 0.1 },
    { row: "sync", metric: "switches", atMost: 0 },
    { row: "async", metric: "switches", atMost: 0 },
  ],
};

function roundTripRows(options: Options): Row[] {
  const row = roundTripMaker("ring", { options });
  return [
    row("C, block", ".c", block),
    row("sync, block", ".ts", block, "C, block"),
    row("async, block", "_async.ts", block, "sync, block"),
    row(c, ".c"),
    row("sync", ".ts", {}, c),
    row("async", "_async.ts", {}, c),
  ];
}

/** Debian's iceoryx, whose daemon each row starts and stops. */
function iceoryxRow(name: string, way: string): Row {
  return {
    name,
    program: "iceoryx_messages.c",
    options: { way },
    processes: [{ role: "server" }, { role: "client" }],
    compile: ["-I/usr/include/iceoryx/v2.0.3", "-liceoryx_binding_c"],
  };
}

/** Rings. */
export const bench: Bench = {
  title: "rings in shared memory between two processes",
  tables: [
    roundTrips,
    idleRoundTrips,
    copies,
    large(65_536, "64 KiB", 0.7),
    large(1_048_576, "1 MiB", 0.85),
    many,
    idle,
  ],
};
