/** The tables of a connection that is a stream of bytes each way. */

import type { Options, Table } from "./bench.ts";
import type { Channel } from "./channel.ts";
import {
  recordMetrics,
  roundTripMetrics,
  throughputMetrics,
} from "./metric.ts";
import type { Metric } from "./metric.ts";
import {
  block,
  bothWays,
  cSpin,
  oneWay,
  roundTripMaker,
  rowMaker,
} from "./rows.ts";
import type { MakeRow } from "./rows.ts";

/** A kind of connection, and what others make such ones with. */
export interface ConnectionKind {
  /** What the harness makes. */
  readonly channel: Channel;
  /** What it is called. */
  readonly words: string;
  /** What peers that connect by themselves are given. */
  readonly options: Options;
}

/** What users have otherwise. */
export const others = {
  conn: "Deno.Conn, receiveExactly and sendAll",
  plain: "Deno.Conn alone",
  node: "Node node:net",
  python: "Python os.read, os.write",
} as const;

const allNet = { permissions: ["--allow-ffi", "--allow-net"] };

/** Messages of 64 bytes there and back, one after the other. */
export function connectionRoundTrips(kind: ConnectionKind): Table {
  const { channel, options } = kind;
  const row = roundTripMaker("byte_stream", { channel });
  const byItself = rowMaker("", { ...allNet, options, processes: bothWays });
  return {
    title: `64 bytes there and back over ${kind.words}`,
    metrics: roundTripMetrics,
    placements: ["none", "same", "diff"],
    rows: [
      row("C, block", ".c", block),
      row("sync, block", ".ts", block, "C, block"),
      row(cSpin, ".c"),
      row("sync, adaptive", ".ts", {}, cSpin),
      row("async, adaptive", "_async.ts", {}, cSpin),
      row("async, block", "_async.ts", block, "C, block"),
      row("raw FFI, node:net", "_loop.ts", block, "C, block"),
      row(others.python, ".py", {}, "C, block"),
      byItself(others.node, "net_round_trip.mjs", {}, others.node),
      byItself(others.conn, "conn_round_trip.ts", {}, others.node),
      byItself(
        others.plain,
        "conn_round_trip.ts",
        { via: "plain" },
        others.node,
      ),
    ],
    goals: [
      { row: "sync, block", than: "C, block", atMost: 1.2 },
      { row: "sync, adaptive", than: cSpin, atMost: 1.2 },
      { row: others.conn, than: others.node, timesAsFast: 1 },
    ],
  };
}

/** Connections that ask one byte and end, one after the other. */
export function shortConnections(
  kind: ConnectionKind,
  names: { readonly own: string; readonly deno: string },
): Table {
  const own = `async, serveConnections of ${names.own}`;
  const deno = `async, serveConnections of ${names.deno}`;
  const { options } = kind;
  const row = rowMaker("connections", { options, processes: bothWays });
  return {
    title: `Connections over ${kind.words} that ask one byte and end`,
    metrics: roundTripMetrics,
    placements: ["none", "same", "diff"],
    rows: [
      row("C, block", ".c"),
      row("sync, block", ".ts", block, "C, block"),
      row("sync, adaptive", ".ts", {}, "C, block"),
      row("Python socket", ".py", {}, "C, block"),
      row(others.node, ".mjs", {}, "C, block"),
      row(own, "_async.ts", { via: "own" }, others.node),
      {
        ...row(deno, "_async.ts", {}, others.node),
        ...allNet,
      },
    ],
    goals: ["sync, block", "sync, adaptive", own, deno].map((row) => ({
      row,
      than: others.node,
      timesAsFast: 1,
    })),
  };
}

/** Blocks of one size, one way. */
export function connectionCopies(kind: ConnectionKind, size: number): Table {
  return oneWayTable(kind, size, throughputMetrics, {
    title: `Blocks of ${size / 1024} KiB one way over ${kind.words}`,
    goals: [
      { row: "sync, block", than: "C, block", timesAsFast: 0.85 },
      { row: "sync, adaptive", than: cSpin, timesAsFast: 0.85 },
      { row: "sync, block", than: others.node, timesAsFast: 1.4 },
      { row: "async, adaptive", than: others.node, timesAsFast: 1.4 },
    ],
  }, [
    ["C, block", "byte_stream_copy.c", block],
    ["raw FFI, block", "byte_stream_copy_raw.ts", block, "C, block"],
    ["sync, block", "byte_stream_copy.ts", block, "C, block"],
    [cSpin, "byte_stream_copy.c", {}],
    ["raw FFI, like that", "byte_stream_copy_raw.ts", {}, cSpin],
    ["sync, adaptive", "byte_stream_copy.ts", {}, cSpin],
    ["async, adaptive", "byte_stream_copy_async.ts", {}, cSpin],
    [others.python, "byte_stream_copy.py", {}, "C, block"],
  ], [others.node, others.conn]);
}

/** Records of 64 bytes one way, many to a call of the system. */
export function connectionRecords(kind: ConnectionKind): Table {
  const all = "C, 64 KiB at once";
  return oneWayTable(kind, 64, recordMetrics, {
    title: `Records of 64 bytes one way over ${kind.words}, async`,
    goals: [
      "views",
      "views, batch.start(i)",
      "views, with prefix",
      "views, batch.start(i), with prefix",
    ].flatMap((row) => [
      { row, atLeast: 15 },
      { row, than: others.node, timesAsFast: 20 },
    ]),
  }, [
    [all, "byte_stream_copy.c", { buffer: 65_536, ...block }],
    ["raw FFI, views", "records_raw.ts", block, all],
    ["views", "records.ts", { way: "view" }, all],
    ["views, batch.start(i)", "records.ts", { way: "offset" }, all],
    ["views, with prefix", "records.ts", { way: "view", prefix: "yes" }, all],
    [
      "views, batch.start(i), with prefix",
      "records.ts",
      { way: "offset", prefix: "yes" },
      all,
    ],
    ["owned", "records.ts", { way: "own" }, all],
  ], [others.node]);
}

function oneWayTable(
  kind: ConnectionKind,
  size: number,
  metrics: readonly [Metric, ...Metric[]],
  table: Pick<Table, "title" | "goals">,
  own: readonly Parameters<MakeRow>[],
  byThemselves: readonly string[],
): Table {
  const { channel, options } = kind;
  const row = rowMaker("", { options: { size }, processes: oneWay, channel });
  const byItself = rowMaker("", {
    ...allNet,
    options: { size, ...options },
    processes: oneWay,
  });
  return {
    ...table,
    metrics,
    placements: ["none", "same", "diff"],
    rows: [
      ...own.map((parts) => row(...parts)),
      ...byThemselves.map((name) => {
        const program = name === others.node ? "net_copy.mjs" : "conn_copy.ts";
        return byItself(name, program, {}, own[0]![0]);
      }),
    ],
  };
}
