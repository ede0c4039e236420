/** Races of messages that come, and of room that is made, against abort. */

import { assertEquals, assertGreater } from "@std/assert";
import { notLinux, test } from "../_util/test.ts";
import { bytes, drain, fill, newQueue } from "./_queue.ts";

const ignore = notLinux;

test(
  "receive() loses and doubles nothing in 100,000 races of abort and arrival",
  {
    ignore,
    deadline: 30_000,
  },
  async (t) => {
    const queues = Array.from(
      { length: 20 },
      () => newQueue(t, { maxMessages: 10 }),
    );
    let [sent, received, aborted] = [0, 0, 0];
    const numbers = new Set<number>();
    for (let round = 0; round < 500; round++) {
      const controllers: AbortController[] = [];
      const waiting: Promise<void>[] = [];
      for (const queue of queues) {
        for (let i = 0; i < 10; i++) {
          const controller = new AbortController();
          controllers.push(controller);
          waiting.push(
            queue.receive({ signal: controller.signal }).then(
              ({ message }) => {
                received++;
                numbers.add(
                  new DataView(message.buffer, message.byteOffset).getUint32(0),
                );
              },
              (reason) => {
                assertEquals(reason, "race");
                aborted++;
              },
            ),
          );
        }
      }
      // Some come first, some go first, and some meet.
      for (const [i, controller] of controllers.entries()) {
        const queue = queues[(i * 7) % queues.length]!;
        const message = new Uint8Array(4);
        if (i % 3 !== 0) {
          new DataView(message.buffer).setUint32(0, sent);
          if (queue.trySend(message)) sent++;
        }
        if (i % 40 === round % 40) {
          await new Promise((resolve) => setImmediate(resolve));
        }
        controller.abort("race");
      }
      await Promise.all(waiting);
    }
    let left = 0;
    for (const queue of queues) {
      for (
        let got = queue.tryReceive();
        got !== undefined;
        got = queue.tryReceive()
      ) {
        left++;
        numbers.add(
          new DataView(got.message.buffer, got.message.byteOffset).getUint32(0),
        );
      }
    }
    assertEquals(received + aborted, 100_000);
    assertEquals([received + left, numbers.size], [sent, sent]);
    // If either side always won, it would be no race.
    assertGreater(received, 1000);
    assertGreater(aborted, 1000);
  },
);

test("send() loses and doubles nothing in 10,000 races of abort and room", {
  ignore,
  deadline: 30_000,
}, async (t) => {
  using queue = newQueue(t);
  fill(queue);
  let [taken, sent, aborted] = [0, fill(queue) + 4, 0];
  for (let round = 0; round < 1000; round++) {
    const controllers = Array.from({ length: 10 }, () => new AbortController());
    const waiting = controllers.map(({ signal }) =>
      queue.send(bytes("x"), { signal }).then(
        () => void sent++,
        () => void aborted++,
      )
    );
    for (const [i, controller] of controllers.entries()) {
      if (i % 2 === 0 && queue.tryReceive() !== undefined) taken++;
      if (i === round % 10) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      controller.abort();
    }
    await Promise.all(waiting);
  }
  taken += drain(queue).length;
  assertEquals(taken, sent);
  assertEquals(sent - 4 + aborted, 10_000);
  assertGreater(aborted, 100);
  assertGreater(sent, 100);
});
