/** Waiting for messages and for room: timeouts, abort, close. */

import { openMessageQueue } from "@ipc/mqueue";
import type { MessageQueue, WaitStrategy } from "@ipc/mqueue";
import {
  assert,
  assertEquals,
  assertGreater,
  assertGreaterOrEqual,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { DEADLINE_FACTOR, notLinux, test } from "../_util/test.ts";
import type { TestScope } from "../_util/test.ts";
import { reasonOf, sleep } from "../_util/wait.ts";
import { bytes, fill, newQueue, text } from "./_queue.ts";

const ignore = notLinux;
const { BadResource, TimedOut } = Deno.errors;

/** The waits of a queue that can do nothing now, by their names. */
const waits: Record<
  string,
  {
    /** Makes a queue on which it waits. */
    stuck: (t: TestScope, wait?: WaitStrategy) => MessageQueue;
    start: (
      queue: MessageQueue,
      options?: { signal?: AbortSignal; timeout?: number },
    ) => Promise<unknown>;
    startSync: (queue: MessageQueue, options?: { timeout?: number }) => unknown;
    /** Lets one go on. */
    release: (queue: MessageQueue) => void;
  }
> = {
  receive: {
    stuck: (t, wait = "adaptive") => newQueue(t, { wait }),
    start: (queue, options) => queue.receive(options),
    startSync: (queue, options) => queue.receiveSync(options),
    release: (queue) => queue.sendSync(bytes("released")),
  },
  receiveInto: {
    stuck: (t, wait = "adaptive") => newQueue(t, { wait }),
    start: (queue, options) => queue.receiveInto(new Uint8Array(64), options),
    startSync: (queue, options) =>
      queue.receiveIntoSync(new Uint8Array(64), options),
    release: (queue) => queue.sendSync(bytes("released")),
  },
  send: {
    stuck: (t, wait = "adaptive") => full(newQueue(t, { wait })),
    start: (queue, options) => queue.send(bytes("waits"), options),
    startSync: (queue, options) => queue.sendSync(bytes("waits"), options),
    release: (queue) => void queue.receiveSync(),
  },
};

function full(queue: MessageQueue): MessageQueue {
  fill(queue);
  return queue;
}

for (const wait of ["adaptive", "block"] as const) {
  test(
    `send() and sendSync() say how full the queue is, with wait "${wait}"`,
    { ignore },
    async (t) => {
      const queue = full(newQueue(t, { wait, maxMessages: 3 }));
      const message = Uint8Array.of(1);
      for (
        const [timeout, so] of [[0, ", and"], [2, "milliseconds:"]] as const
      ) {
        const words = `${so} it is full: it holds 3 of 3 messages`;
        const send = () => queue.sendSync(message, { timeout });
        assertThrows(send, TimedOut, words);
        const sent = () => queue.send(message, { timeout });
        await assertRejects(sent, TimedOut, words);
      }
    },
  );
}

for (
  const [name, { stuck, start, startSync, release }] of Object.entries(waits)
) {
  for (const wait of ["adaptive", "block"] as const) {
    test(
      `${name}() resolves when it no longer has to wait, with wait "${wait}"`,
      { ignore },
      async (t) => {
        const queue = stuck(t, wait);
        const before = queue.attributes();
        const waiting = start(queue);
        await sleep(20);
        release(queue);
        await waiting;
        assertEquals(queue.attributes(), before);
      },
    );
  }

  for (const timeout of [0, 1, 30, 60.5]) {
    test(
      `${name}() rejects with TimedOut when ${timeout} ms are over, and has done nothing`,
      { ignore },
      async (t) => {
        const queue = stuck(t);
        const before = queue.attributes();
        const start_ = performance.now();
        const error = await assertRejects(
          () => start(queue, { timeout }),
          TimedOut,
          queue.name!,
        );
        assertGreaterOrEqual(performance.now() - start_, timeout);
        assertStringIncludes(error.message, `${timeout}`);
        assertEquals(queue.attributes(), before);
      },
    );

    for (const wait of ["adaptive", "block"] as const) {
      test(
        `${name}Sync() throws TimedOut when ${timeout} ms are over, with wait "${wait}"`,
        { ignore },
        (t) => {
          const queue = stuck(t, wait);
          const before = queue.attributes();
          const start_ = performance.now();
          const error = assertThrows(
            () => startSync(queue, { timeout }),
            TimedOut,
            queue.name!,
          );
          assertGreaterOrEqual(performance.now() - start_, timeout);
          assertStringIncludes(error.message, `${timeout}`);
          assertEquals(queue.attributes(), before);
        },
      );
    }
  }

  for (
    const [timeout, Class] of [[-1, "RangeError"], [NaN, "RangeError"], [
      "1",
      "TypeError",
    ]] as [number, string][]
  ) {
    test(
      `${name}() and ${name}Sync() throw ${Class} when the timeout is ${
        JSON.stringify(timeout)
      }`,
      { ignore },
      async (t) => {
        const queue = stuck(t);
        const before = queue.attributes();
        assertEquals(
          (await reasonOf(start(queue, { timeout })) as Error).name,
          Class,
        );
        assertEquals(
          (assertThrows(() => startSync(queue, { timeout })) as Error).name,
          Class,
        );
        // Also if there is nothing to wait for.
        release(queue);
        assertEquals(
          (await reasonOf(start(queue, { timeout })) as Error).name,
          Class,
        );
        assertEquals(
          (assertThrows(() => startSync(queue, { timeout })) as Error).name,
          Class,
        );
        assertEquals(
          Math.abs(queue.attributes().currentMessages - before.currentMessages),
          1,
        );
      },
    );
  }

  test(
    `${name}() rejects with the reason when it is aborted before, and does nothing`,
    { ignore },
    async (t) => {
      const queue = stuck(t);
      release(queue);
      const before = queue.attributes();
      const reason = { why: "before" };
      assertEquals(
        await reasonOf(start(queue, { signal: AbortSignal.abort(reason) })),
        reason,
      );
      assertEquals(queue.attributes(), before);
    },
  );

  test(
    `${name}() rejects with the reason when it is aborted meanwhile, and does nothing later`,
    { ignore },
    async (t) => {
      const queue = stuck(t);
      const controller = new AbortController();
      const waiting = start(queue, { signal: controller.signal });
      await sleep(10);
      controller.abort("meanwhile");
      assertEquals(await reasonOf(waiting), "meanwhile");
      release(queue);
      const before = queue.attributes();
      await sleep(20);
      assertEquals(queue.attributes(), before);
    },
  );

  test(
    `${name}() rejects with BadResource when the queue is closed meanwhile`,
    { ignore },
    async (t) => {
      const queue = stuck(t);
      const waiting = [start(queue), start(queue, { timeout: 10_000 })];
      const reasons = Promise.all(waiting.map(reasonOf));
      await sleep(10);
      queue.close();
      for (const reason of await reasons) {
        assert(reason instanceof BadResource, `${reason}`);
        assertStringIncludes(reason.message, "closed");
      }
    },
  );

  test(
    `${name}() waits in order, and leaves the others alone when one gives up`,
    { ignore },
    async (t) => {
      const queue = stuck(t);
      const controller = new AbortController();
      const order: number[] = [];
      const waiting = [0, 1, 2, 3].map((i) =>
        start(queue, i === 1 ? { signal: controller.signal } : {}).then(
          () => order.push(i),
          () => order.push(-i),
        )
      );
      await sleep(5);
      controller.abort();
      for (let i = 0; i < 3; i++) {
        await sleep(5);
        release(queue);
      }
      await Promise.all(waiting);
      assertEquals(order, [-1, 0, 2, 3]);
    },
  );
}

test(
  "receive() still gets what is sent when the queue is unlinked while it waits",
  { ignore },
  async (t) => {
    using queue = newQueue(t);
    using other = openMessageQueue(queue.name);
    const waiting = queue.receive();
    await sleep(5);
    other.unlink();
    assertEquals(queue.stat().nlink, 0);
    await sleep(5);
    other.sendSync(bytes("after"));
    assertEquals(text(await waiting), "after");
  },
);

test(
  "send() and receive() wait at the same time on one descriptor",
  { ignore },
  async (t) => {
    using queue = newQueue(t, { maxMessages: 1 });
    using other = openMessageQueue(queue.name);
    const received = queue.receive();
    other.sendSync(bytes("in"));
    assertEquals(text(await received), "in");
    queue.sendSync(bytes("first"));
    const sent = queue.send(bytes("second"));
    await sleep(5);
    assertEquals(text(other.receiveSync()), "first");
    await sent;
    assertEquals(text(other.receiveSync()), "second");
  },
);

test(
  "receive() lets timers run when the queue is never empty",
  { ignore },
  async (t) => {
    using queue = newQueue(t);
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    t.defer(() => clearInterval(timer));
    const end = performance.now() + 5000 * DEADLINE_FACTOR;
    while (ticks < 3 && performance.now() < end) {
      queue.sendSync(bytes("x"));
      await queue.receive();
    }
    assertGreater(ticks, 2);
  },
);

test("receive() drains what is there without a wait for each message", {
  ignore,
}, async (t) => {
  using queue = newQueue(t);
  fill(queue);
  // A promise that needs no event loop settles before a timer of no time.
  let timer = false;
  setTimeout(() => timer = true, 0);
  for (let i = 0; i < 4; i++) await queue.receive();
  assertEquals(timer, false);
  await sleep(1);
});

test("receive() settles soon when it is aborted", { ignore }, async (t) => {
  using queue = newQueue(t);
  const times: number[] = [];
  for (let i = 0; i < 20; i++) {
    const controller = new AbortController();
    const waiting = queue.receive({ signal: controller.signal });
    await sleep(i % 5);
    const start = performance.now();
    controller.abort();
    await assertRejects(() => waiting);
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  assert(times[17]! <= 50 * DEADLINE_FACTOR, `milliseconds: ${times}`);
});
