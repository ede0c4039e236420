/** Bytes there and back over a connection, by node:net. */

import net from "node:net";
import { address, answerAll, measureRoundTrips, role, size } from "./net.mjs";
import { onMessages } from "./peer.mjs";

if (role === "server") {
  const server = net.createServer({ noDelay: true }, (socket) => {
    const answered = answerAll(() => (socket.end(), server.close()));
    onMessages(socket, (message) => {
      socket.write(Buffer.from(message));
      answered(message[0]);
    });
  });
  server.listen(address, () => console.log("ready"));
} else {
  const socket = net.connect({ ...address, noDelay: true });
  await new Promise((resolve) => socket.once("connect", resolve));
  const own = Buffer.alloc(size, 1);
  let answered;
  onMessages(socket, () => answered());
  await measureRoundTrips((phase) => {
    own[0] = phase;
    socket.write(own);
    return new Promise((resolve) => answered = resolve);
  });
  socket.end();
}
