/** Tests of waiting for System V queues, for every way in which that is done. */

import { openSysvMessageQueue } from "@ipc/mqueue";
import type { SysvMessageQueue, WaitStrategy } from "@ipc/mqueue";
import {
  assert,
  assertEquals,
  assertGreaterOrEqual,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { removeIfPresent } from "../_util/sysv.ts";
import { test, type TestScope } from "../_util/test.ts";
import { reasonOf, sleep } from "../_util/wait.ts";
import { bytes, drain, fill, newSysvQueue, show } from "./_sysv.ts";

const { BadResource, NotFound, TimedOut } = Deno.errors;

/** A full queue, of messages of 1024 bytes and type 1. */
function fullQueue(t: TestScope, wait: WaitStrategy): SysvMessageQueue {
  const queue = newSysvQueue(t, { wait });
  fill(queue);
  return queue;
}

const KILOBYTE = new Uint8Array(1024);

/**
 * Declares them.
 *
 * @param how How it waits, for the titles.
 * @param prepare Sees to it that it waits so.
 * @param wait How to wait.
 */
export function testWaits(
  how: string,
  prepare: (t: TestScope) => void,
  wait: WaitStrategy = "adaptive",
): void {
  function waitTest(
    name: string,
    run: (t: TestScope) => void | Promise<void>,
  ): void {
    test(`SysvMessageQueue.${name} (${how})`, {}, (t) => {
      prepare(t);
      return run(t);
    });
  }

  waitTest("receive() waits for messages and serves in order", async (t) => {
    const queue = newSysvQueue(t, { wait });
    const order: string[] = [];
    const waits = [1, 2, 3].map((id) =>
      queue.receive().then((got) => order.push(`${id}: ${show(got)}`))
    );
    await sleep(10);
    assertEquals(queue.tryReceive(), undefined);
    for (const text of ["a", "b", "c"]) queue.sendSync(bytes(text));
    // They wait for it, and so it is theirs.
    assertEquals(queue.tryReceive(), undefined);
    await Promise.all(waits);
    assertEquals(order, ["1: 1 a", "2: 1 b", "3: 1 c"]);
  });

  waitTest("receive() gets an empty message when it waits", async (t) => {
    const queue = newSysvQueue(t, { wait });
    for (let i = 1; i <= 5; i++) {
      const waiting = queue.receive({ type: -9 });
      await sleep(i);
      queue.sendSync(new Uint8Array(0), { type: i });
      assertEquals(await waiting, { message: new Uint8Array(0), type: i });
    }
  });

  waitTest("receive() and receiveSync() throw TimedOut in time", async (t) => {
    const queue = newSysvQueue(t, { wait });
    for (const timeout of [0, 1, 20]) {
      const start = performance.now();
      const error = assertThrows(
        () => queue.receiveSync({ timeout }),
        TimedOut,
        `${queue.id}`,
      );
      assert(error.message.startsWith("Cannot receive from"), error.message);
      assertGreaterOrEqual(performance.now() - start, timeout);
      await assertRejects(() => queue.receive({ timeout }), TimedOut);
      assertGreaterOrEqual(performance.now() - start, 2 * timeout - 2);
    }
    queue.sendSync(bytes("later"));
    assertEquals(show(queue.receiveSync({ timeout: 0 })), "1 later");
    for (const timeout of [-1, NaN]) {
      queue.sendSync(bytes("stays"));
      assertThrows(() => queue.receiveSync({ timeout }), RangeError);
      await assertRejects(() => queue.receive({ timeout }), RangeError);
    }
    assertEquals(drain(queue), ["1 stays", "1 stays"]);
  });

  waitTest("send() and sendSync() throw TimedOut when full", async (t) => {
    const queue = fullQueue(t, wait);
    const { currentMessages, currentSize, maxSize } = queue.stat();
    const full =
      `it is full: it holds ${currentSize} of ${maxSize} bytes, in ` +
      `${currentMessages} messages, and this one has 1024`;
    for (const timeout of [0, 1, 20]) {
      const start = performance.now();
      const send = () => queue.sendSync(KILOBYTE, { timeout });
      assertThrows(send, TimedOut, full);
      assertGreaterOrEqual(performance.now() - start, timeout);
      const sent = () => queue.send(KILOBYTE, { timeout });
      await assertRejects(sent, TimedOut, full);
    }
    await sleep(20);
    assertEquals(queue.stat().currentMessages, currentMessages);
  });

  waitTest("send() waits for room, in order, with copies", async (t) => {
    const queue = fullQueue(t, wait);
    const message = KILOBYTE.slice();
    const waits = [2, 3, 4].map((type) => {
      message[0] = type;
      return queue.send(message, { type });
    });
    message.fill(99);
    await sleep(10);
    assertEquals(queue.trySend(KILOBYTE), false);
    const full = queue.stat().currentMessages;
    for (let i = 0; i < full; i++) queue.receiveSync();
    await Promise.all(waits);
    for (const type of [2, 3, 4]) {
      const got = queue.receiveSync();
      assertEquals([got.type, got.message[0]], [type, type]);
    }
  });

  waitTest(
    "receive() rejects with the reason, and takes nothing",
    async (t) => {
      const queue = newSysvQueue(t, { wait });
      const reason = { why: "before" };
      queue.sendSync(bytes("x"));
      assertEquals(
        await reasonOf(queue.receive({ signal: AbortSignal.abort(reason) })),
        reason,
      );
      assertEquals(drain(queue), ["1 x"]);
      for (const pause of [0, 5]) {
        const controller = new AbortController();
        const waiting = queue.receive({ signal: controller.signal });
        await sleep(pause);
        controller.abort("meanwhile");
        assertEquals(await reasonOf(waiting), "meanwhile");
        queue.sendSync(bytes("y"));
        await sleep(5);
        assertEquals(drain(queue), ["1 y"]);
      }
      const { signal } = new AbortController();
      queue.sendSync(bytes("z"));
      assertEquals(show(await queue.receive({ signal })), "1 z");
    },
  );

  waitTest("receive() leaves other waits alone when aborted", async (t) => {
    const queue = newSysvQueue(t, { wait });
    const controllers = [0, 1, 2, 3, 4].map(() => new AbortController());
    const waits = controllers.map(({ signal }) => queue.receive({ signal }));
    await sleep(5);
    const reasons = Promise.all([0, 2, 4].map((i) => reasonOf(waits[i]!)));
    for (const i of [0, 2, 4]) controllers[i]!.abort(i);
    assertEquals(await reasons, [0, 2, 4]);
    for (const text of ["a", "b"]) queue.sendSync(bytes(text));
    assertEquals([show(await waits[1]), show(await waits[3])], ["1 a", "1 b"]);
  });

  waitTest("send() sends nothing when it is aborted", async (t) => {
    const queue = fullQueue(t, wait);
    const full = queue.stat().currentMessages;
    const controllers = [0, 1, 2].map(() => new AbortController());
    const waits = controllers.map(({ signal }, i) =>
      queue.send(KILOBYTE, { signal, type: i + 2 })
    );
    await sleep(5);
    const reasons = Promise.all([0, 2].map((i) => reasonOf(waits[i]!)));
    for (const i of [0, 2]) controllers[i]!.abort(i);
    assertEquals(await reasons, [0, 2]);
    assertEquals(queue.stat().currentMessages, full);
    for (let i = 0; i < full; i++) queue.receiveSync();
    await waits[1];
    assertEquals(queue.receiveSync().type, 3);
    assertEquals(queue.tryReceive(), undefined);
  });

  waitTest("receive() and send() reject when it is removed", async (t) => {
    const queue = fullQueue(t, wait);
    using other = openSysvMessageQueue(queue.key!);
    const waits = [
      queue.receive({ type: 77 }),
      queue.receive({ type: 77 }),
      queue.receive({ type: 78, timeout: 5000 }),
      queue.send(KILOBYTE),
      queue.send(KILOBYTE, { timeout: 5000 }),
    ];
    await sleep(10);
    other.remove();
    const reasons = await Promise.all(waits.map(reasonOf));
    for (const error of reasons as (Error & { code: string })[]) {
      assert(error instanceof NotFound, `${error}`);
      assertEquals(error.code, "EIDRM");
      assert(error.message.includes("it was removed"), error.message);
    }
    for (
      const use of [
        () => queue.sendSync(bytes("x")),
        () => queue.trySend(bytes("x")),
        () => queue.receiveSync({ timeout: 10 }),
        () => queue.tryReceive(),
        () => queue.stat(),
        () => queue.set({ mode: 0o600 }),
      ]
    ) {
      assertThrows(use, NotFound, "it was removed");
    }
  });

  waitTest("close() rejects what waits", async (t) => {
    const queue = fullQueue(t, wait);
    using other = openSysvMessageQueue(queue.key!);
    const full = other.stat().currentMessages;
    const waits = [
      queue.receive({ type: 77 }),
      queue.receive({ type: 77 }),
      queue.send(KILOBYTE),
      queue.send(KILOBYTE),
    ];
    await sleep(5);
    queue.close();
    for (const reason of await Promise.all(waits.map(reasonOf))) {
      assert(reason instanceof BadResource, `${reason}`);
    }
    other.receiveSync();
    await sleep(10);
    assertEquals(other.stat().currentMessages, full - 1);
  });

  waitTest("receive() works with more waits than threads", async (t) => {
    const queues = Array.from({ length: 40 }, () => newSysvQueue(t, { wait }));
    const waits = queues.map((queue) => queue.receive());
    await sleep(5);
    for (const [i, queue] of queues.entries()) queue.sendSync(bytes(`${i}`));
    assertEquals(
      (await Promise.all(waits)).map(show),
      queues.map((_, i) => `1 ${i}`),
    );
    const { signal, abort } = controllerOf();
    const aborted = queues.map((queue) => reasonOf(queue.receive({ signal })));
    await sleep(5);
    abort();
    assertEquals(new Set(await Promise.all(aborted)), new Set(["all"]));
    // Nobody is left who would take a message.
    for (const queue of queues) queue.sendSync(bytes("x"));
    await sleep(5);
    for (const queue of queues) assertEquals(drain(queue), ["1 x"]);
    for (const queue of queues) removeIfPresent(queue);
  });
}

function controllerOf(): { signal: AbortSignal; abort: () => void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort("all") };
}
