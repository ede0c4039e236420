/** The same with both sides asynchronous. */

import { openUdpSocket } from "@ipc/socket";
import type { WaitStrategy } from "@ipc/socket";
import {
  answerRoundTripsAsync,
  measureRoundTripsAsync,
  numberOption,
  option,
  ready,
} from "./peer.ts";
import { port } from "./ports.ts";

const wait = option("wait", "adaptive") as WaitStrategy;
const own = new Uint8Array(numberOption("size", 64));

if (option("role") === "server") {
  using socket = openUdpSocket({ port, wait });
  ready();
  await answerRoundTripsAsync(async () => {
    await socket.receiveInto(own);
    await socket.send(own, { to: socket.lastAddress });
    return own[0]!;
  });
} else {
  using socket = openUdpSocket({ wait });
  socket.connect({ hostname: "127.0.0.1", port });
  await measureRoundTripsAsync(async (phase) => {
    own[0] = phase;
    await socket.send(own);
    await socket.receiveInto(own);
  });
}
