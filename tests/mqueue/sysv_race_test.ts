/** Waits that are given up at the moment at which they are served. */

import type { SysvMessageQueue } from "@ipc/mqueue";
import { assert, assertEquals, assertGreater } from "@std/assert";
import { DEADLINE_FACTOR, test, type TestScope } from "../_util/test.ts";
import { sleep } from "../_util/wait.ts";
import { fill, newSysvQueue } from "./_sysv.ts";

/** A worker that sends as it is told. */
class Sender {
  readonly #worker = new Worker(
    new URL("../_peers/sysv_mqueue_sender.ts", import.meta.url),
    { type: "module" },
  );

  /** Tells it something, and returns how many messages it has sent. */
  ask(what: unknown): Promise<number> {
    this.#worker.postMessage(what);
    return new Promise((resolve) => {
      this.#worker.onmessage = ({ data }) => resolve(data);
    });
  }

  close(): void {
    this.#worker.postMessage("close");
  }
}

/** What came of the waits of a race. */
class Tally {
  received = 0;
  aborted = 0;
  readonly types = new Set<number>();

  add(waiting: Promise<{ type: number }>): Promise<void> {
    return waiting.then(
      ({ type }) => {
        this.received++;
        this.types.add(type);
      },
      (reason) => {
        assertEquals(reason, "race");
        this.aborted++;
      },
    );
  }
}

/** One round: waits on each queue, aborted at moments of their own. */
async function race(
  queues: readonly SysvMessageQueue[],
  waits: number,
  tally: Tally,
): Promise<void> {
  const all: Promise<void>[] = [];
  const controllers: AbortController[] = [];
  for (const queue of queues) {
    for (let i = 0; i < waits; i++) {
      const controller = new AbortController();
      controllers.push(controller);
      all.push(tally.add(queue.receive({ signal: controller.signal })));
    }
  }
  controllers.sort(() => Math.random() - 0.5);
  for (const [i, controller] of controllers.entries()) {
    if (i % 40 === 0) await new Promise((resolve) => setImmediate(resolve));
    controller.abort("race");
  }
  await Promise.all(all);
}

/** Races, and compares what was sent with what was received and is left. */
async function raceAll(
  t: TestScope,
  rounds: number,
  count: number,
  waits: number,
): Promise<void> {
  const queues = Array.from({ length: count }, () => newSysvQueue(t));
  const sender = new Sender();
  await sender.ask(queues.map(({ id }) => id));
  const tally = new Tally();
  let sent = 0;
  for (let round = 0; round < rounds; round++) {
    const done = sender.ask(5);
    await race(queues, waits, tally);
    sent = await done;
    // What nobody has waited for would fill the queues in the end.
    for (const queue of queues) takeAll(queue, tally);
  }
  sender.close();
  assertEquals([tally.received, tally.types.size], [sent, sent]);
  // If either side always won, it would be no race.
  assertGreater(tally.aborted, rounds * count);
  assertGreater(rounds * count * waits - tally.aborted, rounds);
}

function takeAll(queue: SysvMessageQueue, tally: Tally): void {
  for (;;) {
    const received = queue.tryReceive();
    if (received === undefined) return;
    tally.received++;
    tally.types.add(received.type);
  }
}

test(
  "SysvMessageQueue.receive() loses and doubles nothing in 100,000 races of abort and arrival",
  { needs: ["read"], deadline: 30_000 },
  async (t) => {
    await raceAll(t, 500, 8, 25);
  },
);

test(
  "SysvMessageQueue.receive() loses and doubles nothing when more wait than there are threads",
  { needs: ["read"], deadline: 30_000 },
  async (t) => {
    await raceAll(t, 30, 40, 5);
  },
);

test(
  "SysvMessageQueue.send() loses and doubles nothing in 10,000 races of abort and room",
  { deadline: 30_000 },
  async (t) => {
    const queue = newSysvQueue(t);
    const full = fill(queue);
    let [taken, sent, aborted] = [0, full, 0];
    const types = new Set<number>();
    for (let round = 0; round < 1000; round++) {
      const controllers = Array.from(
        { length: 10 },
        () => new AbortController(),
      );
      const waiting = controllers.map(({ signal }, i) =>
        queue.send(new Uint8Array(1024), {
          signal,
          type: 2 + 10 * round + i,
        }).then(() => void sent++, () => void aborted++)
      );
      for (const [i, controller] of controllers.entries()) {
        if (i % 2 === 0) {
          const received = queue.tryReceive();
          if (received !== undefined) {
            taken++;
            types.add(received.type);
          }
        }
        if (i === round % 10) {
          await new Promise((resolve) => setImmediate(resolve));
        }
        controller.abort();
      }
      await Promise.all(waiting);
    }
    for (let got; (got = queue.tryReceive()) !== undefined; taken++) {
      types.add(got.type);
    }
    assertEquals(taken, sent);
    // Those that filled it at first are all of type 1.
    assertEquals(types.size, sent - full + 1);
    assertEquals(sent - full + aborted, 10_000);
    assertGreater(aborted, 100);
    assertGreater(sent, 100);
  },
);

test(
  "SysvMessageQueue.receive() and send() settle soon when they are aborted",
  {},
  async (t) => {
    const queue = newSysvQueue(t);
    const full = newSysvQueue(t);
    fill(full);
    for (
      const wait of [
        (signal: AbortSignal) => queue.receive({ signal }),
        (signal: AbortSignal) => full.send(new Uint8Array(1024), { signal }),
      ]
    ) {
      const times: number[] = [];
      for (let i = 0; i < 20; i++) {
        const controller = new AbortController();
        const waiting = wait(controller.signal);
        await sleep(i % 5);
        const start = performance.now();
        controller.abort();
        await waiting.then(() => assert(false), () => {});
        times.push(performance.now() - start);
      }
      // A busy machine may hold up one or two of them by itself.
      times.sort((a, b) => a - b);
      assert(times[17]! <= 50 * DEADLINE_FACTOR, `milliseconds: ${times}`);
    }
  },
);
