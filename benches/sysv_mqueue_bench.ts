/** System V message queues: there and back, one way, and waiting. */

import { eventLoopRow } from "./harness/event_loop.ts";
import type { Bench, Options, Row, Table } from "./harness/bench.ts";
import {
  idleMetrics,
  recordMetrics,
  roundTripMetrics,
} from "./harness/metric.ts";

const block: Options = { wait: "block" };
const cSpin = "C, 2 pauses and 100 yields first";
const svmq = "Node svmq";
const sysvIpc = "Python sysv_ipc";

const roundTrips: Table = {
  title: "64 bytes there and back through two System V queues",
  metrics: roundTripMetrics,
  placements: ["none", "same", "diff"],
  rows: roundTripRows({}),
  goals: [
    { row: "sync, block", than: "C, block", atMost: 1.2 },
    { row: "sync, adaptive", than: cSpin, atMost: 1.2 },
    {
      row: "sync, adaptive",
      than: sysvIpc,
      timesAsFast: 10,
      placements: ["diff"],
    },
    {
      row: "sync, adaptive",
      than: sysvIpc,
      timesAsFast: 1.2,
      placements: ["same"],
    },
    { row: "sync, adaptive", than: svmq, timesAsFast: 9 },
    { row: "async, adaptive", atMost: 5, placements: ["none", "diff"] },
  ],
};

const idleRoundTrips: Table = {
  title: "The same, asked 1 ms after the last answer",
  metrics: roundTripMetrics,
  placements: ["none", "same", "diff"],
  rows: [
    ...roundTripRows({ gap_us: 1000 }),
    eventLoopRow({ gap_us: 1000 }),
  ],
  goals: [{ row: "async, adaptive", than: "C, block", atMost: 2.2 }],
};

const copies: Table = {
  title: "64 bytes one way through a queue",
  metrics: recordMetrics,
  placements: ["none", "same", "diff"],
  rows: [
    copy(cSpin, ".c"),
    copy("raw FFI, like that", "_raw.ts", {}, cSpin),
    copy("sync, into a buffer", ".ts", { way: "into" }, cSpin),
    copy("sync", ".ts", { way: "sync" }, cSpin),
    copy("async", ".ts", { way: "async" }, "sync"),
    copy("async iteration", ".ts", { way: "iterate" }, "sync"),
    copy("C, block", ".c", block),
    copy("raw FFI, block", "_raw.ts", block, "C, block"),
    copy("sync, block", ".ts", { ...block, way: "sync" }, "C, block"),
    ...otherRows(copy, cSpin),
  ],
  goals: [
    { row: "sync", than: cSpin, timesAsFast: 0.85 },
    { row: "sync, block", than: "C, block", timesAsFast: 0.85 },
    { row: "sync", than: sysvIpc, timesAsFast: 1.5 },
    { row: "sync", than: svmq, timesAsFast: 25 },
    { row: "async", than: "sync", timesAsFast: 0.6 },
  ],
};

const idleReceivers: Table = {
  title: "Receivers that wait in vain, each on a queue of its own",
  metrics: idleMetrics,
  placements: ["none"],
  passes: 3,
  rows: [0, 10, 50].map((receivers) => ({
    name: String(receivers),
    program: "sysv_mqueue_idle.ts",
    options: { receivers },
    permissions: ["--allow-all"],
  })),
  goals: [
    { row: "50", atMost: 1 },
  ],
};

function roundTripRows(options: Options): Row[] {
  const row = (
    name: string,
    ending: string,
    more: Options = {},
    baseline?: string,
  ): Row => ({
    name,
    program: `sysv_mqueue_round_trip${ending}`,
    options: { ...options, ...more },
    processes: [{ role: "server" }, { role: "client" }],
    ...baseline && { baseline },
  });
  return [
    row("C, block", ".c", block),
    row("raw FFI, block", "_raw.ts", block, "C, block"),
    row("sync, block", ".ts", block, "C, block"),
    row(cSpin, ".c"),
    row("raw FFI, like that", "_raw.ts", {}, cSpin),
    row("sync, adaptive", ".ts", {}, cSpin),
    row("async, adaptive", "_async.ts", {}, cSpin),
    row("async, block", "_async.ts", block, "C, block"),
    ...otherRows(row, "C, block"),
  ];
}

function copy(
  name: string,
  ending: string,
  options: Options = {},
  baseline?: string,
): Row {
  return {
    name,
    program: `sysv_mqueue_copy${ending}`,
    options,
    processes: [{ role: "receiver" }, { role: "sender" }],
    ...baseline && { baseline },
  };
}

/** Python and Node, which sleep at once. */
function otherRows(
  row: (
    name: string,
    ending: string,
    options: Options,
    baseline: string,
  ) => Row,
  than: string,
): Row[] {
  return [
    { ...row(sysvIpc, ".py", {}, than), modules: ["sysv_ipc"] },
    { ...row(svmq, ".mjs", {}, than), modules: ["svmq"] },
  ];
}

/** System V message queues. */
export const bench: Bench = {
  title: "System V message queues between two processes",
  tables: [roundTrips, idleRoundTrips, copies, idleReceivers],
};
