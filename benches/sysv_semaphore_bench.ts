/** System V semaphores and shared memory: taking, waking, and copying. */

import type { Bench, Options, Row, Table } from "./harness/bench.ts";
import {
  operationMetrics,
  roundTripMetrics,
  throughputMetrics,
} from "./harness/metric.ts";
import { block, bothWays, cSpin, oneWay, rowMaker } from "./harness/rows.ts";

const sysvIpc = "Python sysv_ipc";
const posix = "POSIX: sync, adaptive";

/** One row of a table, in one of the languages. */
const row = rowMaker("");
/** Ours, by System V. */
const ours = rowMaker("", { options: { via: "sysv" } });

function python(program: string, baseline: string): Row {
  return {
    ...row(sysvIpc, program, { via: "sysv_ipc" }, baseline),
    modules: ["sysv_ipc"],
  };
}

const pairProgram = "semaphore_pair.ts";
const pair: Table = {
  title: "Taking one that is there and giving it back, in one process",
  metrics: operationMetrics,
  placements: ["none"],
  rows: [
    row("C", "sysv_semaphore_pair.c"),
    ours("tryAcquire, release of the lock", pairProgram, { way: "lock" }, "C"),
    ours(
      "tryAcquire, release of the semaphore",
      pairProgram,
      { way: "plain" },
      "C",
    ),
    ours("acquireSync, release of the lock", pairProgram, { way: "sync" }, "C"),
    ours("using lock = acquireSync", pairProgram, { way: "using" }, "C"),
    row("POSIX: using lock = acquireSync", pairProgram, { way: "using" }, "C"),
    python("semaphore_pair.py", "C"),
  ],
  goals: [
    { row: "tryAcquire, release of the lock", than: "C", atMost: 1.3 },
    { row: "using lock = acquireSync", than: sysvIpc, timesAsFast: 1 },
  ],
};

/** There and back, asked at once or after a gap. */
function roundTrips(title: string, gap: Options): Table {
  const sync = "semaphore_round_trip.ts";
  const async = "semaphore_round_trip_async.ts";
  const c = "sysv_semaphore_round_trip.c";
  return {
    title,
    metrics: roundTripMetrics,
    placements: ["none", "same", "diff"],
    rows: [
      row("C, block", c, { ...gap, ...block }),
      ours("sync, block", sync, { ...gap, ...block }, "C, block"),
      row(cSpin, c, gap),
      ours("sync, adaptive", sync, gap, cSpin),
      ours("async, adaptive", async, gap, cSpin),
      ours("async, block", async, { ...gap, ...block }, "C, block"),
      row(posix, sync, gap, "sync, adaptive"),
      ...("gap_us" in gap
        ? []
        : [python("semaphore_round_trip.py", "C, block")]),
    ].map((row) => ({ ...row, processes: bothWays })),
    goals: "gap_us" in gap
      ? [{ row: "async, adaptive", than: "C, block", atMost: 2.2 }]
      : [
        { row: "sync, block", than: "C, block", atMost: 1.15 },
        { row: "sync, adaptive", than: cSpin, atMost: 1.2 },
        {
          row: "sync, adaptive",
          than: sysvIpc,
          timesAsFast: 10,
          placements: ["diff"],
        },
        { row: "async, adaptive", than: cSpin, atMost: 2 },
      ],
  };
}

/** Blocks of one size, one way, through eight slots. */
function copies(size: number, words: string): Table {
  const c = "sysv_shared_memory_copy.c";
  return {
    title: `Blocks of ${words} one way through shared memory, two semaphores`,
    metrics: throughputMetrics,
    placements: ["none", "diff"],
    rows: [
      row(cSpin, c, { size }),
      ours("sync, adaptive", "shared_memory_copy.ts", { size }, cSpin),
      row("C, block", c, { size, ...block }),
      ours(
        "sync, block",
        "shared_memory_copy.ts",
        { size, ...block },
        "C, block",
      ),
      {
        ...python("shared_memory_copy.py", cSpin),
        options: { via: "sysv_ipc", size },
      },
    ].map((row) => ({
      ...row,
      processes: oneWay,
    })),
    goals: [{ row: "sync, adaptive", than: cSpin, timesAsFast: 0.8 }],
  };
}

/** System V semaphores and shared memory. */
export const bench: Bench = {
  title: "System V semaphores and shared memory",
  tables: [
    pair,
    roundTrips("64 bytes there and back, two semaphores", {}),
    roundTrips("The same, asked 1 ms after the last answer", { gap_us: 1000 }),
    copies(64, "64 bytes"),
    copies(65536, "64 KiB"),
    copies(1_048_576, "1 MiB"),
  ],
};
