/** System V message queues: there and back, one way, and waiting. */

import type { Bench, Table } from "./harness/bench.ts";
import {
  copies,
  idleRoundTrips,
  roundTrips,
} from "./harness/message_queues.ts";
import type { QueueKind } from "./harness/message_queues.ts";
import { idleMetrics } from "./harness/metric.ts";

const svmq = "Node svmq";
const sysvIpc = "Python sysv_ipc";

const sysv: QueueKind = {
  program: "sysv_mqueue",
  python: sysvIpc,
  otherRows: (row, baseline) => [
    { ...row(sysvIpc, ".py", {}, baseline), modules: ["sysv_ipc"] },
    { ...row(svmq, ".mjs", {}, baseline), modules: ["svmq"] },
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

/** System V message queues. */
export const bench: Bench = {
  title: "System V message queues between two processes",
  tables: [
    roundTrips(sysv, "System V queues", [
      { row: "sync, adaptive", than: svmq, timesAsFast: 9 },
    ]),
    idleRoundTrips(sysv),
    copies(sysv, "a queue", [
      { row: "sync", than: sysvIpc, timesAsFast: 1.5 },
      { row: "sync", than: svmq, timesAsFast: 25 },
    ]),
    idleReceivers,
  ],
};
