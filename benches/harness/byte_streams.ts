/** The tables of a mechanism that is a stream of bytes each way. */

import type { Goal, Options, Row, Table } from "./bench.ts";
import type { Channel } from "./channel.ts";
import {
  memoryMetrics,
  recordMetrics,
  roundTripMetrics,
  throughputMetrics,
  waitMetrics,
} from "./metric.ts";
import {
  block,
  copyMaker,
  cSpin,
  ownRoundTrips,
  roundTripMaker,
} from "./rows.ts";

const awaited = { way: "async" };
const stdio = { permissions: ["--allow-ffi", "--allow-run"] };

/** What users have otherwise. */
export const others = {
  python: "Python multiprocessing.Pipe",
  node: "Node child_process, piped stdio",
  deno: "Deno.Command, piped stdio",
} as const;

/** Rows that talk to a child process by what their language brings. */
function otherRows(what: string, options: Options, baseline: string): Row[] {
  return [
    {
      name: others.python,
      program: `byte_stream_${what}.py`,
      options: { ...options, via: "multiprocessing" },
      baseline,
    },
    {
      name: others.node,
      program: `stdio_${what}.mjs`,
      options,
      baseline,
    },
    {
      ...stdio,
      name: others.deno,
      program: `stdio_${what}.ts`,
      options,
      baseline,
    },
  ];
}

/** Messages of 64 bytes there and back, one after the other. */
export function roundTrips(channel: Channel, words: string): Table {
  return {
    title: `64 bytes there and back through ${words}`,
    metrics: roundTripMetrics,
    placements: ["none", "same", "diff"],
    rows: roundTripRows(channel, {}),
    goals: [
      { row: "sync, block", than: "C, block", atMost: 1.25 },
      { row: "sync, adaptive", than: cSpin, atMost: 1.25 },
      ...[others.node, others.python].flatMap((than): Goal[] => [
        {
          row: "sync, adaptive",
          than,
          timesAsFast: 25,
          placements: ["diff"],
        },
        { row: "sync, adaptive", than, timesAsFast: 2, placements: ["same"] },
      ]),
      { row: "async, adaptive", atMost: 2.5, placements: ["none", "diff"] },
      ...idleGoals("async, block"),
    ],
  };
}

/** The same, with pauses in which both sides fall asleep. */
export function idleRoundTrips(channel: Channel, words: string): Table {
  return {
    title: `The same through ${words}, asked 1 ms after the last answer`,
    metrics: roundTripMetrics,
    placements: ["none", "same", "diff"],
    rows: roundTripRows(channel, { gap_us: 1000 }),
    goals: [...idleGoals("async, adaptive"), ...idleGoals("async, block")],
  };
}

function idleGoals(row: string): Goal[] {
  return [
    { row, than: "C, block", atMost: 1.3 },
    { row, than: others.node, timesAsFast: 1 },
    { row, than: others.deno, timesAsFast: 1 },
  ];
}

function roundTripRows(channel: Channel, options: Options): Row[] {
  const row = roundTripMaker("byte_stream", { channel, options });
  return [
    ...ownRoundTrips(row),
    row("raw FFI, node:net", "_loop.ts", block, "C, block"),
    row("Python os.read, os.write", ".py", {}, "C, block"),
    ...otherRows("round_trip", options, "C, block"),
  ];
}

/** Blocks of one size, one way, each with calls of the system of its own. */
export function copies(
  channel: Channel,
  size: number,
  words: string,
  goal: number,
): Table {
  const row = copyMaker("byte_stream", { channel, options: { size } });
  return {
    title: `Blocks of ${words}`,
    metrics: throughputMetrics,
    placements: ["none", "same", "diff"],
    rows: [
      row("C, block", ".c", block),
      row("raw FFI, block", "_raw.ts", block, "C, block"),
      row("sync, block", ".ts", block, "C, block"),
      row(cSpin, ".c"),
      row("raw FFI, like that", "_raw.ts", {}, cSpin),
      row("sync, adaptive", ".ts", {}, cSpin),
      row("raw FFI, like that, awaited", "_raw.ts", awaited, cSpin),
      row("async, block", "_async.ts", block, "C, block"),
      row("async, adaptive", "_async.ts", {}, cSpin),
      row("Python os.read, os.write", ".py", {}, "C, block"),
    ],
    goals: [
      { row: "sync, block", than: "C, block", timesAsFast: goal },
      { row: "sync, adaptive", than: cSpin, timesAsFast: goal },
      { row: "async, adaptive", than: cSpin, timesAsFast: goal },
    ],
  };
}

/** The ways to take records from a `RecordReader`. */
const ways = {
  view: "views, batch.at(i)",
  offset: "views, batch.start(i)",
  each: "views, for of batch",
  own: "owned, batch.at(i)",
  one: "owned, for await",
} as const;

/** Small records one way, many to a call of the system. */
export function records(channel: Channel, words: string): Table {
  const both = { channel, options: { size: 64 } };
  const processes = [{ role: "receiver" }, { role: "sender" }];
  const baseline = "C, 64 KiB at once";
  const ours = [["", {}], [", with prefix", { prefix: "yes" }]] as const;
  const rows = ours.flatMap(([suffix, more]) =>
    Object.entries(ways).map(([way, name]): Row => ({
      ...both,
      name: name + suffix,
      program: "records.ts",
      options: { size: 64, way, ...more },
      processes,
      baseline,
    }))
  );
  return {
    title: `Records of 64 bytes one way through ${words}, async`,
    metrics: recordMetrics,
    placements: ["none", "same", "diff"],
    rows: [
      {
        ...both,
        name: baseline,
        program: "byte_stream_copy.c",
        options: { size: 64, buffer: 65_536, ...block },
        processes,
      },
      ...rows,
      ...otherRows("copy", { size: 64 }, baseline),
    ],
    goals: ours.flatMap(([suffix]): Goal[] => [
      { row: ways.view + suffix, atLeast: 20 },
      { row: ways.offset + suffix, atLeast: 20 },
      { row: ways.view + suffix, than: others.node, timesAsFast: 15 },
      { row: ways.view + suffix, than: others.python, timesAsFast: 60 },
      { row: ways.own + suffix, atLeast: 8 },
    ]),
  };
}

/**
 * How long the receiver warms up where its processor time is measured, in
 * milliseconds: the ten that V8 takes to compile its loop, after some 10,000
 * messages, are not those of waiting.
 */
const WARM_AT_DISTANCES = 1500;

/** What waiting costs for messages at a distance. */
export function distances(channel: Channel, gap: number, words: string): Table {
  const row = (way: string, wait: string): Row => ({
    name: `${way}, ${wait}`,
    program: "byte_stream_gap.ts",
    options: { gap_us: gap, way, wait, warm_ms: WARM_AT_DISTANCES },
    processes: [{ role: "receiver" }, { role: "sender" }],
    channel,
    ...wait === "adaptive" && { baseline: `${way}, block` },
  });
  const kinds = ["sync", "async"];
  return {
    title: `Waiting for messages that come ${words} apart`,
    metrics: waitMetrics,
    placements: ["same", "diff"],
    rows: kinds.flatMap((way) => [row(way, "block"), row(way, "adaptive")]),
    goals: kinds.map((way) => ({
      row: `${way}, adaptive`,
      than: `${way}, block`,
      atMost: 1.1,
    })),
  };
}

/** What a stream that is read to its end leaves behind. */
export function memory(channel: Channel, words: string): Table {
  const row = (name: string, way: string): Row => ({
    name,
    program: "byte_stream_readable.ts",
    options: { size: 65_536, way },
    processes: [{ role: "receiver" }, { role: "sender" }],
    channel,
  });
  return {
    title: `2 GiB through readable of ${words}`,
    metrics: memoryMetrics,
    placements: ["none"],
    passes: 3,
    rows: [row("chunks", "chunks"), row("into own buffers", "byob")],
  };
}
