/** Connections that ask one question each, by node:net. */

import net from "node:net";
import { address, answerAll, measureRoundTrips, role } from "./net.mjs";

if (role === "server") {
  const server = net.createServer({ noDelay: true }, (socket) => {
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      socket.end(chunk);
      answered(chunk[0]);
    });
  });
  const answered = answerAll(() => server.close());
  server.listen(address, () => console.log("ready"));
} else {
  await measureRoundTrips((phase) =>
    new Promise((resolve, reject) => {
      const socket = net.connect({ ...address, noDelay: true });
      socket.on("connect", () => socket.write(Buffer.of(phase)));
      socket.on("data", () => {
        socket.destroy();
        resolve();
      });
      socket.on("error", reject);
    })
  );
}
