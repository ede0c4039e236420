/**
 * Pi by a System V message queue: ten processes send their partial sums to a
 * queue, and their parent receives them.
 *
 * deno run --allow-ffi --allow-run examples/sysv_mqueue_pi.ts
 *
 * @module
 */

import { openSysvMessageQueue } from "@ipc/mqueue";
import { runPi } from "./pi.ts";

await runPi(import.meta, {
  permissions: ["--allow-ffi"],

  async parent({ slices, runWorkers }) {
    using undo = new DisposableStack();

    // A queue under a random key, so that two runs at once do not disturb each
    // other. The kernel keeps it until it is removed.
    const queue = undo.use(openSysvMessageQueue(null));
    undo.defer(() => queue.remove());

    async function receiveSums(): Promise<number> {
      const sum = new Float64Array(1);
      let total = 0;
      for (const _ of slices) {
        await queue.receiveInto(new Uint8Array(sum.buffer));
        total += sum[0]!;
      }
      return total;
    }

    // A queue may hold fewer messages than there are workers, who then wait
    // for room: so they are received while the workers run.
    const running = runWorkers([`${queue.key}`]);
    const [total] = await Promise.all([receiveSums(), running]);
    return total;
  },

  async worker(sum, [key], { index }) {
    // A message is received as a whole, or not at all. Its type, which has to
    // be above 0, says whose it is to those who want to know.
    using queue = openSysvMessageQueue(Number(key), { read: false });
    const message = new Uint8Array(Float64Array.of(sum).buffer);
    // If the parent was killed, nobody makes room.
    await queue.send(message, { type: index + 1, timeout: 10_000 });
  },
});
