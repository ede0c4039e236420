/**
 * Pi by a message queue: ten processes send their partial sums to a queue,
 * and their parent receives them.
 *
 * deno run --allow-ffi --allow-run examples/mqueue_pi.ts
 *
 * @module
 */

import { openMessageQueue } from "@ipc/mqueue";
import { runPi } from "./pi.ts";

await runPi(import.meta, {
  permissions: ["--allow-ffi"],

  async parent({ slices, runWorkers }) {
    using undo = new DisposableStack();

    // A queue of doubles, 8 bytes each, under a random name, so that two runs
    // at once do not disturb each other. The kernel keeps it until it is
    // unlinked.
    const queue = undo.use(openMessageQueue(null, { messageSize: 8 }));
    undo.defer(() => queue.unlink());

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
    const running = runWorkers([queue.name!]);
    const [total] = await Promise.all([receiveSums(), running]);
    return total;
  },

  async worker(sum, [name]) {
    // A message is received as a whole, or not at all. If the parent was
    // killed, nobody makes room.
    using queue = openMessageQueue(name!, { read: false });
    const message = new Uint8Array(Float64Array.of(sum).buffer);
    await queue.send(message, { timeout: 10_000 });
  },
});
