/** TCP and UDP over loopback. */

import type { Bench, Row, Table } from "./harness/bench.ts";
import { roundTripMetrics } from "./harness/metric.ts";
import { block, bothWays, cSpin } from "./harness/rows.ts";
import {
  connectionCopies,
  connectionRecords,
  connectionRoundTrips,
  shortConnections,
} from "./harness/socket_streams.ts";
import type { ConnectionKind } from "./harness/socket_streams.ts";

const tcp: ConnectionKind = {
  channel: { kind: "tcp" },
  words: "TCP",
  options: {},
};

const datagrams: Table = {
  title: "UDP datagrams of 64 bytes there and back",
  metrics: roundTripMetrics,
  placements: ["none", "same", "diff"],
  rows: [
    { name: "C, block", program: "udp_round_trip.c", options: block },
    {
      name: "sync, block",
      program: "udp_round_trip.ts",
      options: block,
      baseline: "C, block",
    },
    { name: cSpin, program: "udp_round_trip.c" },
    { name: "sync, adaptive", program: "udp_round_trip.ts", baseline: cSpin },
    {
      name: "async, adaptive",
      program: "udp_round_trip_async.ts",
      baseline: cSpin,
    },
    {
      name: "async, block",
      program: "udp_round_trip_async.ts",
      options: block,
      baseline: "C, block",
    },
    {
      name: "Node node:dgram",
      program: "udp_round_trip.mjs",
      baseline: "C, block",
    },
    {
      name: "Python socket",
      program: "udp_round_trip.py",
      baseline: "C, block",
    },
  ].map((row): Row => ({ ...row, processes: bothWays })),
  goals: [
    { row: "sync, block", than: "C, block", atMost: 1.2 },
    { row: "sync, adaptive", than: cSpin, atMost: 1.2 },
    { row: "async, adaptive", than: "Node node:dgram", timesAsFast: 1 },
  ],
};

/** Sockets of the Internet. */
export const bench: Bench = {
  title: "TCP and UDP over loopback, between two processes",
  tables: [
    connectionRoundTrips(tcp),
    connectionCopies(tcp, 65_536),
    connectionRecords(tcp),
    shortConnections(tcp, { own: "openTcpListener", deno: "Deno.listen" }),
    datagrams,
  ],
};
