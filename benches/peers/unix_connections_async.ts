/** Connections that ask one question each, async. */

import { serveConnections } from "@ipc/socket";
import type { ConnectionListener } from "@ipc/socket";
import {
  connectUnix,
  listenUnix,
  openUnixListener,
  openUnixStream,
} from "@ipc/unix";
import type { UnixStream } from "@ipc/unix";
import {
  cpu,
  measureRoundTripsAsync,
  option,
  Phase,
  ready,
  report,
} from "./peer.ts";
import { path } from "./ports.ts";

const isOwn = option("via") === "own";

if (option("role") === "server") {
  const listener: ConnectionListener<Deno.Conn | UnixStream> = isOwn
    ? openUnixListener(path)
    : listenUnix(path);
  let count = 0;
  let before = 0;
  const server = serveConnections(listener, async (connection) => {
    const byte = new Uint8Array(1);
    await connection.read(byte);
    await connection.write(byte);
    if (byte[0] === Phase.measure && count++ === 0) before = cpu();
    if (byte[0] === Phase.stop) server.shutdown();
  });
  ready();
  await server.finished;
  report({ cpu_us: (cpu() - before) / count });
} else {
  const byte = new Uint8Array(1);
  const connect = isOwn ? openUnixStream : connectUnix;
  await measureRoundTripsAsync(async (phase) => {
    byte[0] = phase;
    using connection = await connect(path);
    await connection.write(byte);
    await connection.read(byte);
  });
}
