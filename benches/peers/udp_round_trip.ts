/** Datagrams there and back over loopback. */

import { openUdpSocket } from "@ipc/socket";
import type { WaitStrategy } from "@ipc/socket";
import {
  answerRoundTrips,
  measureRoundTrips,
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
  answerRoundTrips(() => {
    socket.receiveIntoSync(own);
    socket.sendSync(own, { to: socket.lastAddress });
    return own[0]!;
  });
} else {
  using socket = openUdpSocket({ wait });
  socket.connect({ hostname: "127.0.0.1", port });
  measureRoundTrips((phase) => {
    own[0] = phase;
    socket.sendSync(own);
    socket.receiveIntoSync(own);
  });
}
