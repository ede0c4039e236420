/** Datagrams there and back over loopback, by node:dgram. */

import dgram from "node:dgram";
import { answerAll, measureRoundTrips, port, role, size } from "./net.mjs";

const socket = dgram.createSocket("udp4");
if (role === "server") {
  let isOver = false;
  const answered = answerAll(() => isOver = true);
  socket.on("message", (message, from) => {
    answered(message[0]);
    // What has not been sent yet would be lost.
    socket.send(message, from.port, from.address, () => {
      if (isOver) socket.close();
    });
  });
  socket.bind(port, "127.0.0.1", () => console.log("ready"));
} else {
  await new Promise((resolve) => socket.connect(port, "127.0.0.1", resolve));
  const own = Buffer.alloc(size, 1);
  let answered;
  socket.on("message", () => answered());
  await measureRoundTrips((phase) => {
    own[0] = phase;
    socket.send(own);
    return new Promise((resolve) => answered = resolve);
  });
  socket.close();
}
