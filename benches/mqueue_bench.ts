/** POSIX message queues: there and back, one way, and waiting. */

import type { Bench, Table } from "./harness/bench.ts";
import {
  copies,
  idleRoundTrips,
  roundTrips,
} from "./harness/message_queues.ts";
import type { QueueKind } from "./harness/message_queues.ts";
import { idleMetrics } from "./harness/metric.ts";

const posixIpc = "Python posix_ipc";

const posix: QueueKind = {
  program: "mqueue",
  python: posixIpc,
  otherRows: (row, baseline) => [
    row("Python ctypes", ".py", { via: "ctypes" }, baseline),
    {
      ...row(posixIpc, ".py", { via: "posix_ipc" }, baseline),
      modules: ["posix_ipc"],
    },
  ],
};

const idleReceivers: Table = {
  title: "Receivers that wait in vain, each on a queue of its own",
  metrics: idleMetrics,
  placements: ["none"],
  passes: 3,
  rows: [0, 50].map((receivers) => ({
    name: String(receivers),
    program: "mqueue_idle.ts",
    options: { receivers },
    permissions: ["--allow-all"],
  })),
  goals: [
    { row: "50", atMost: 1 },
    { row: "50", metric: "more_threads", atMost: 2 },
  ],
};

/** POSIX message queues. */
export const bench: Bench = {
  title: "POSIX message queues between two processes",
  tables: [
    roundTrips(posix, "POSIX queues"),
    idleRoundTrips(posix),
    copies(posix, "a queue of ten messages", [
      { row: "sync", than: posixIpc, timesAsFast: 1.2 },
    ]),
    idleReceivers,
  ],
};
