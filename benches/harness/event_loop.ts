/** What an event loop costs that has nothing to do with a library. */

import type { Options, Row } from "./bench.ts";

/**
 * Bytes there and back between two event loops, through pipes that they read
 * by themselves, for mechanisms that no event loop reads.
 *
 * @param options The options of the peers.
 */
export function eventLoopRow(options: Options): Row {
  return {
    name: "raw FFI, node:net, over pipes",
    program: "byte_stream_round_trip_loop.ts",
    options: { ...options, wait: "block" },
    processes: [{ role: "server" }, { role: "client" }],
    channel: { kind: "pipe" },
    baseline: "C, block",
  };
}
