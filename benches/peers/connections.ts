/** Connections that ask one question each, sync. */

import type { WaitStrategy } from "@ipc/socket";
import { answerRoundTrips, measureRoundTrips, option, ready } from "./peer.ts";
import { connectOwnSync, listenOwn } from "./ports.ts";

const wait = option("wait", "adaptive") as WaitStrategy;
const byte = new Uint8Array(1);

if (option("role") === "server") {
  using listener = listenOwn({ wait });
  ready();
  answerRoundTrips(() => {
    using connection = listener.acceptSync();
    connection.readSync(byte);
    connection.writeSync(byte);
    return byte[0]!;
  });
} else {
  measureRoundTrips((phase) => {
    byte[0] = phase;
    using connection = connectOwnSync({ wait });
    connection.writeSync(byte);
    connection.readSync(byte);
  });
}
