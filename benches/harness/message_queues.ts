/** The tables of a message queue of the system. */

import type { Goal, Row, Table } from "./bench.ts";
import { eventLoopRow } from "./event_loop.ts";
import { recordMetrics, roundTripMetrics } from "./metric.ts";
import {
  block,
  copyMaker,
  cSpin,
  ownRoundTrips,
  roundTripMaker,
} from "./rows.ts";
import type { MakeRow } from "./rows.ts";

/** One kind of queue. */
export interface QueueKind {
  /** What the names of its programs begin with. */
  readonly program: string;
  /** The row of Python's module for it. */
  readonly python: string;
  /** What users have otherwise, which sleeps at once. */
  otherRows(row: MakeRow, baseline: string): Row[];
}

/** Messages of 64 bytes there and back, one after the other. */
export function roundTrips(
  kind: QueueKind,
  words: string,
  goals: Goal[] = [],
): Table {
  const row = roundTripMaker(kind.program);
  const ours = { row: "sync, adaptive", than: kind.python };
  return {
    title: `64 bytes there and back through two ${words}`,
    metrics: roundTripMetrics,
    placements: ["none", "same", "diff"],
    rows: [...ownRoundTrips(row), ...kind.otherRows(row, "C, block")],
    goals: [
      { row: "sync, block", than: "C, block", atMost: 1.2 },
      { row: "sync, adaptive", than: cSpin, atMost: 1.2 },
      { ...ours, timesAsFast: 10, placements: ["diff"] },
      { ...ours, timesAsFast: 1.2, placements: ["same"] },
      ...goals,
      { row: "async, adaptive", atMost: 5, placements: ["none", "diff"] },
    ],
  };
}

/** The same, with pauses in which both sides fall asleep. */
export function idleRoundTrips(kind: QueueKind): Table {
  const options = { gap_us: 1000 };
  const row = roundTripMaker(kind.program, { options });
  return {
    title: "The same, asked 1 ms after the last answer",
    metrics: roundTripMetrics,
    placements: ["none", "same", "diff"],
    rows: [
      ...ownRoundTrips(row),
      ...kind.otherRows(row, "C, block"),
      eventLoopRow(options),
    ],
    goals: [{ row: "async, adaptive", than: "C, block", atMost: 2.2 }],
  };
}

/** Messages of 64 bytes one way. */
export function copies(kind: QueueKind, words: string, goals: Goal[]): Table {
  const row = copyMaker(kind.program);
  return {
    title: `64 bytes one way through ${words}`,
    metrics: recordMetrics,
    placements: ["none", "same", "diff"],
    rows: [
      row(cSpin, ".c"),
      row("raw FFI, like that", "_raw.ts", {}, cSpin),
      row("sync, into a buffer", ".ts", { way: "into" }, cSpin),
      row("sync", ".ts", { way: "sync" }, cSpin),
      row("async", ".ts", { way: "async" }, "sync"),
      row("async iteration", ".ts", { way: "iterate" }, "sync"),
      row("C, block", ".c", block),
      row("raw FFI, block", "_raw.ts", block, "C, block"),
      row("sync, block", ".ts", { ...block, way: "sync" }, "C, block"),
      ...kind.otherRows(row, cSpin),
    ],
    goals: [
      { row: "sync", than: cSpin, timesAsFast: 0.85 },
      { row: "sync, block", than: "C, block", timesAsFast: 0.85 },
      ...goals,
      { row: "async", than: "sync", timesAsFast: 0.6 },
    ],
  };
}
