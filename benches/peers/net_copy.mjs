/** Blocks one way over a connection, by node:net. */

import net from "node:net";
import { address, role, size } from "./net.mjs";
import {
  cpu,
  MEASURE,
  measureSending,
  now,
  onMessages,
  STOP,
} from "./peer.mjs";

if (role === "receiver") {
  const server = net.createServer((socket) => {
    let count = 0;
    let before = 0;
    let start = 0;
    onMessages(socket, (message) => {
      if (message[0] === MEASURE && count++ === 0) {
        start = now();
        before = cpu();
      }
      if (message[0] !== STOP) return;
      const seconds = (now() - start) / 1e9;
      console.log(JSON.stringify({
        m_per_s: count / seconds / 1e6,
        gib_per_s: count * size / seconds / 2 ** 30,
        cpu_us: (cpu() - before) / count,
      }));
      server.close();
    });
  });
  server.listen(address, () => console.log("ready"));
} else {
  const socket = net.connect(address);
  await new Promise((resolve) => socket.once("connect", resolve));
  await measureSending(socket, Buffer.alloc(size, 1));
  socket.end();
}
