/**
 * Pi by a FIFO: ten processes write their partial sums to a pipe that has a
 * name, and their parent reads them.
 *
 * deno run --allow-ffi --allow-run --allow-write examples/fifo_pi.ts
 *
 * @module
 */

import { mkfifo, openFifo } from "@ipc/fifo";
import { runPi } from "./pi.ts";

await runPi(import.meta, {
  permissions: ["--allow-ffi"],

  async parent({ slices, runWorkers }) {
    await using undo = new AsyncDisposableStack();

    // A folder with a random name, so that two runs at once do not disturb
    // each other. Only its owner may look inside.
    const folder = await Deno.makeTempDir({ prefix: "fifo_pi_" });
    undo.defer(() => Deno.remove(folder, { recursive: true }));
    const path = `${folder}/sums`;
    mkfifo(path);

    // Workers come and go, and at times none of them has it open. A reader
    // that keeps it open does not take that for the end, nor lose a byte.
    const fifo = undo.use(await openFifo(path, { read: true, keepOpen: true }));
    await runWorkers([path]);

    const sums = new Float64Array(slices.length);
    const bytes = new Uint8Array(sums.buffer);
    for (let at = 0; at < bytes.byteLength;) {
      at += await fifo.read(bytes.subarray(at), { timeout: 1000 }) ?? 0;
    }
    return sums.reduce((total, sum) => total + sum);
  },

  async worker(sum, [path]) {
    // The parent reads by now. If it was killed, nobody does, ever.
    using fifo = await openFifo(path!, { write: true, timeout: 100 });
    // 8 bytes in one write are never mixed with those of another worker.
    await fifo.write(new Uint8Array(Float64Array.of(sum).buffer));
  },
});
