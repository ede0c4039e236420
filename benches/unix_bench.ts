/** Unix sockets: there and back, one way, messages, descriptors, many. */

import type { Bench, Row, Table } from "./harness/bench.ts";
import type { Channel } from "./harness/channel.ts";
import { recordMetrics, roundTripMetrics } from "./harness/metric.ts";
import { block, bothWays, cSpin, oneWay } from "./harness/rows.ts";
import {
  connectionCopies,
  connectionRecords,
  connectionRoundTrips,
  others,
  shortConnections,
} from "./harness/socket_streams.ts";
import type { ConnectionKind } from "./harness/socket_streams.ts";

const unix: ConnectionKind = {
  channel: { kind: "unix" },
  words: "Unix sockets",
  options: { family: "unix" },
};
const { node, plain } = others;

/** Deno shows abstract names to who may do everything. */
function withPermission(table: Table): Table {
  const permissions = ["--allow-all"];
  return {
    ...table,
    rows: table.rows.map((row) =>
      row.permissions === undefined ? row : { ...row, permissions }
    ),
  };
}

const roundTrips: Table = {
  ...withPermission(connectionRoundTrips(unix)),
  goals: [
    { row: "sync, block", than: "C, block", atMost: 1.25 },
    { row: "sync, adaptive", than: cSpin, atMost: 1.25 },
    {
      row: "sync, adaptive",
      than: node,
      timesAsFast: 10,
      placements: ["diff"],
    },
    {
      row: "sync, adaptive",
      than: node,
      timesAsFast: 1.6,
      placements: ["same"],
    },
    { row: "async, adaptive", atMost: 8, placements: ["none", "diff"] },
  ],
};

/** The same, with pauses in which both sides fall asleep. */
const idle: Table = {
  ...roundTrips,
  title: "The same over Unix sockets, asked 1 ms after the last answer",
  rows: roundTrips.rows.map((row) => ({
    ...row,
    options: { ...row.options, gap_us: 1000 },
  })),
  goals: ["async, adaptive", "async, block"].flatMap((row) => [
    { row, than: plain, timesAsFast: 1 },
    { row, than: node, timesAsFast: 2 },
  ]),
};

/** Whole messages there and back. */
function messages(type: "datagram" | "seqpacket"): Table {
  const channel: Channel = { kind: "unix", type };
  const row = (name: string, program: string, options = {}): Row => ({
    name,
    program,
    options: { type, ...options },
    processes: bothWays,
    channel,
    ...!name.startsWith("C") &&
      { baseline: name.endsWith("block") ? "C, block" : cSpin },
  });
  const program = "unix_messages.ts";
  return {
    title: `Messages of 64 bytes there and back, of the type ${type}`,
    metrics: roundTripMetrics,
    placements: ["none", "same", "diff"],
    rows: [
      row("C, block", "byte_stream_round_trip.c", block),
      row("sync, block", program, block),
      row(cSpin, "byte_stream_round_trip.c"),
      row("sync, adaptive", program),
      row("async, adaptive", program, { way: "async" }),
      row("async, block", program, { way: "async", ...block }),
    ],
    goals: [
      { row: "sync, block", than: "C, block", atMost: 1.25 },
      { row: "sync, adaptive", than: cSpin, atMost: 1.25 },
      { row: "async, adaptive", atMost: 8, placements: ["none", "diff"] },
    ],
  };
}

const descriptors: Table = {
  title: "Descriptors one way, one to a message, and closed",
  metrics: recordMetrics,
  placements: ["none", "same", "diff"],
  rows: [
    { name: "C", program: "unix_descriptors.c" },
    { name: "raw FFI", program: "unix_descriptors_raw.ts", baseline: "C" },
    {
      name: "sync, block",
      program: "unix_descriptors.ts",
      options: block,
      baseline: "C",
    },
    { name: "sync, adaptive", program: "unix_descriptors.ts", baseline: "C" },
    {
      name: "Python send_fds, recv_fds",
      program: "unix_descriptors.py",
      baseline: "C",
    },
  ].map((row): Row => ({
    ...row,
    processes: oneWay,
    channel: { kind: "unix" },
  })),
  goals: ["sync, block", "sync, adaptive"].map((row) => ({
    row,
    than: "Python send_fds, recv_fds",
    timesAsFast: 3,
  })),
};

const many: Table = {
  title: "64 bytes there and back, while other connections are silent",
  metrics: roundTripMetrics,
  placements: ["none"],
  passes: 3,
  rows: [1, 1000, 5000].map((count): Row => ({
    name: `${count} open`,
    program: "unix_many.ts",
    options: { connections: count },
    processes: bothWays,
    ...count > 1 && { baseline: "1 open" },
  })),
  goals: [{ row: "5000 open", than: "1 open", atMost: 1.3 }],
};

/** Unix sockets. */
export const bench: Bench = {
  title: "Unix sockets between two processes",
  tables: [
    roundTrips,
    idle,
    withPermission(connectionCopies(unix, 65_536)),
    withPermission(connectionRecords(unix)),
    messages("datagram"),
    messages("seqpacket"),
    descriptors,
    withPermission(
      shortConnections(unix, { own: "openUnixListener", deno: "listenUnix" }),
    ),
    many,
  ],
};
