/**
 * Pi by a pipe: ten processes inherit the end of a pipe where bytes go in,
 * and their parent reads their partial sums from the other.
 *
 * deno run --allow-ffi --allow-run examples/pipe_pi.ts
 *
 * @module
 */

import { pipe, PipeWriter, spawnWith } from "@ipc/pipe";
import { runPi } from "./pi.ts";

await runPi(import.meta, {
  permissions: ["--allow-ffi"],

  async parent({ runWorkers }) {
    using ends = pipe();
    const { reader, writer } = ends;

    // A pipe has no name: a worker inherits the descriptor, and finds its
    // number in its arguments. The next worker needs it as well.
    await runWorkers(
      [String(writer.fd)],
      (command) => spawnWith(command, [writer], { keep: true }),
    );

    // The pipe has an end when nobody can write to it any more: so this one
    // must go too. It holds 65,536 bytes, so that no worker had to wait.
    writer.close();
    const bytes = await new Response(reader.readable).arrayBuffer();
    return new Float64Array(bytes).reduce((total, sum) => total + sum);
  },

  worker(sum, [fd]) {
    // 8 bytes in one write are never mixed with those of another worker.
    using writer = PipeWriter.fromFd(Number(fd));
    writer.writeSync(new Uint8Array(Float64Array.of(sum).buffer));
  },
});
