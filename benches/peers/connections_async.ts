/** Connections that ask one question each, async. */

import { serveConnections } from "@ipc/socket";
import type { ConnectionListener, StreamSocket } from "@ipc/socket";
import {
  cpu,
  measureRoundTripsAsync,
  option,
  Phase,
  ready,
  report,
} from "./peer.ts";
import { connect, connectOwn, listenOwn, listenSafely } from "./ports.ts";

const isOwn = option("via") === "own";

if (option("role") === "server") {
  const listener: ConnectionListener<Deno.Conn | StreamSocket> = isOwn
    ? listenOwn()
    : listenSafely();
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
  const open: () => Promise<Deno.Conn | StreamSocket> = isOwn
    ? connectOwn
    : connect;
  await measureRoundTripsAsync(async (phase) => {
    byte[0] = phase;
    using connection = await open();
    await connection.write(byte);
    await connection.read(byte);
  });
}
