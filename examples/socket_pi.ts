/**
 * Pi by TCP: ten processes connect to their parent over loopback, and each
 * sends its partial sum.
 *
 * deno run --allow-net --allow-run examples/socket_pi.ts
 *
 * @module
 */

import {
  connectTcp,
  receiveExactly,
  receiveSome,
  sendAll,
  serveConnections,
} from "@ipc/socket";
import { runPi } from "./pi.ts";

await runPi(import.meta, {
  permissions: ["--allow-net"],

  async parent({ runWorkers }) {
    // Port 0 is one that is free: two runs do not disturb each other. Nobody
    // but this machine reaches an address of loopback.
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    let total = 0;
    await using _server = serveConnections(listener, async (connection) => {
      // A stream keeps no boundaries: 8 bytes may come in several pieces.
      const sum = new Float64Array(1);
      await receiveExactly(connection, new Uint8Array(sum.buffer));
      total += sum[0]!;
    }, { gracePeriod: 0 });

    await runWorkers([String(listener.addr.port)]);
    return total;
  },

  async worker(sum, [port]) {
    using connection = await connectTcp({
      port: Number(port),
      timeout: 10_000,
    });
    await sendAll(connection, new Uint8Array(Float64Array.of(sum).buffer));
    // What is sent has not arrived yet. The parent closes the connection when
    // it has the sum; a worker that ends before might be counted too early.
    await receiveSome(connection, new Uint8Array(1));
  },
});
