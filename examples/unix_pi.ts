/**
 * Pi by a Unix socket: ten processes connect to a path, and send their partial
 * sums, each by a connection of its own.
 *
 * deno run --allow-ffi --allow-run --allow-net --allow-read --allow-write examples/unix_pi.ts
 *
 * @module
 */

import { connectUnix, listenUnix } from "@ipc/unix";
import { runPi } from "./pi.ts";

await runPi(import.meta, {
  permissions: ["--allow-ffi", "--allow-net", "--allow-read", "--allow-write"],

  async parent({ slices, runWorkers }) {
    await using undo = new AsyncDisposableStack();

    // A folder with a random name, so that two runs at once do not disturb
    // each other. Only its owner may look inside.
    const folder = await Deno.makeTempDir({ prefix: "unix_pi_" });
    undo.defer(() => Deno.remove(folder, { recursive: true }));
    const path = `${folder}/sums`;
    const listener = undo.use(listenUnix(path));

    // Each connection carries one sum, and then its end.
    let total = 0;
    const receiving = (async () => {
      for (const _slice of slices) {
        using connection = await listener.accept();
        const bytes = await new Response(connection.readable).arrayBuffer();
        total += new DataView(bytes).getFloat64(0);
      }
    })();

    // If a worker fails, closing the listener ends the wait for its sum.
    receiving.catch(() => {});
    await runWorkers([path]);
    await receiving;
    return total;
  },

  async worker(sum, [path]) {
    using connection = await connectUnix(path!);
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setFloat64(0, sum);
    await connection.write(bytes);
  },
});
