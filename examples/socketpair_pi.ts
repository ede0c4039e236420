/**
 * Pi by pairs of sockets: each of ten processes inherits one end of a pair of
 * its own, and its parent keeps the other, for questions and answers.
 *
 * deno run --allow-ffi --allow-run examples/socketpair_pi.ts
 *
 * @module
 */

import { socketpair, spawnWith, UnixDatagram } from "@ipc/unix";
import { runPi } from "./pi.ts";

await runPi(import.meta, {
  permissions: ["--allow-ffi"],

  async parent({ slices, runWorkers }) {
    using undo = new DisposableStack();
    const pairs = slices.map(() => {
      const [ours, theirs] = socketpair({ type: "datagram" });
      undo.use(ours);
      undo.use(theirs);
      return { ours, theirs };
    });
    let next = 0;

    // A worker does not know the number of its descriptor beforehand: all
    // get the same, of which each takes the one at its place.
    const numbers = pairs.map(({ theirs }) => String(theirs.fd));
    await runWorkers(
      numbers,
      (command) => spawnWith(command, [pairs[next++]!.theirs]),
    );

    // A datagram waits in its socket, also when its sender is gone.
    return pairs.reduce((total, { ours }) => {
      const { message } = ours.receiveSync({ timeout: 1000 });
      return total + new Float64Array(message.slice().buffer)[0]!;
    }, 0);
  },

  worker(sum, numbers, { index }) {
    using socket = UnixDatagram.fromFd(Number(numbers[index]));
    socket.sendSync(new Uint8Array(Float64Array.of(sum).buffer));
  },
});
