/** Pipes: there and back, one way, in records, and waiting. */

import type { Bench, Table } from "./harness/bench.ts";
import {
  copies,
  distances,
  idleRoundTrips,
  memory,
  records,
  roundTrips,
} from "./harness/byte_streams.ts";
import type { Channel } from "./harness/channel.ts";
import { idleMetrics } from "./harness/metric.ts";

const channel: Channel = { kind: "pipe" };
const large: Channel = { kind: "pipe", capacity: 2 ** 20 };

const idleReaders: Table = {
  title: "Readers that wait in vain",
  metrics: idleMetrics,
  placements: ["none"],
  passes: 3,
  rows: [
    {
      name: "none",
      program: "idle_readers.ts",
      options: { readers: 0 },
      permissions: ["--allow-all"],
    },
    {
      name: "1,000",
      program: "idle_readers.ts",
      options: { readers: 1000 },
      permissions: ["--allow-all"],
    },
  ],
  goals: [
    { row: "1,000", atMost: 1 },
    { row: "1,000", metric: "more_threads", atMost: 2 },
  ],
};

/** Pipes. */
export const bench: Bench = {
  title: "pipes between two processes",
  tables: [
    roundTrips(channel, "two pipes"),
    idleRoundTrips(channel, "two pipes"),
    copies(channel, 64, "64 bytes one way through a pipe", 0.75),
    copies(
      large,
      65_536,
      "64 KiB one way through a pipe that holds 1 MiB",
      0.9,
    ),
    copies(
      large,
      1_048_576,
      "1 MiB one way through a pipe that holds 1 MiB",
      0.9,
    ),
    records(channel, "a pipe"),
    distances(channel, 100, "100 µs"),
    distances(channel, 1000, "1 ms"),
    idleReaders,
    memory(channel, "a pipe"),
  ],
};
