/** FIFOs: what pipes are measured at, by way of a name. */

import type { Bench } from "./harness/bench.ts";
import {
  copies,
  idleRoundTrips,
  records,
  roundTrips,
} from "./harness/byte_streams.ts";
import type { Channel } from "./harness/channel.ts";

const channel: Channel = { kind: "fifo" };
const large: Channel = { kind: "fifo", capacity: 2 ** 20 };

/** FIFOs. */
export const bench: Bench = {
  title: "FIFOs between two processes",
  tables: [
    roundTrips(channel, "two FIFOs"),
    idleRoundTrips(channel, "two FIFOs"),
    copies(channel, 64, "64 bytes one way through a FIFO", 0.75),
    copies(
      large,
      65_536,
      "64 KiB one way through a FIFO that holds 1 MiB",
      0.9,
    ),
    copies(
      large,
      1_048_576,
      "1 MiB one way through a FIFO that holds 1 MiB",
      0.9,
    ),
    records(channel, "a FIFO"),
  ],
};
