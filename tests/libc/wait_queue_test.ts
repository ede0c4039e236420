import { assert, assertEquals, assertRejects } from "@std/assert";
import { isAloneWaiting } from "../../libc/pending.ts";
import { WaitQueue } from "../../libc/wait_queue.ts";
import { test } from "../_util/test.ts";
import { sleep } from "../_util/wait.ts";
import { joiner, late, Memory } from "./_memory.ts";

test("WaitQueue.wait() serves the waits in order", {}, async () => {
  const memory = new Memory();
  const served: number[] = [];
  const join = joiner(new WaitQueue(memory), served);
  const all = [1, 2, 3, 4].map((id) => join(id));
  memory.post();
  await sleep();
  assertEquals(served, [1]);
  memory.post(2);
  await sleep();
  assertEquals(served, [1, 2, 3]);
  memory.post();
  await Promise.all(all);
  assertEquals([served, memory.value], [[1, 2, 3, 4], 0]);
});

test(
  "WaitQueue.wait() sleeps again when the sleep brought nothing",
  {},
  async () => {
    const memory = new Memory();
    const queue = new WaitQueue(memory);
    const wait = queue.wait(undefined, Infinity, late);
    for (let i = 0; i < 3; i++) {
      memory.wake();
      await sleep();
      assert(memory.isParked);
    }
    memory.post();
    await wait;
    assert(queue.isEmpty && !memory.isParked);
  },
);

test(
  "WaitQueue.close() rejects every wait, and calls back when nothing sleeps",
  {},
  async () => {
    const memory = new Memory();
    const queue = new WaitQueue(memory);
    const waits = [1, 2, 3].map(() => queue.wait(undefined, Infinity, late));
    const results = Promise.allSettled(waits);
    const reason = new Deno.errors.BadResource("Cannot wait: it is closed");
    let idle = false;
    queue.close(() => reason, () => idle = true);
    await sleep();
    assertEquals([idle, memory.isParked], [false, true]);
    memory.post();
    for (const result of await results) {
      assert(result.status === "rejected" && result.reason === reason);
    }
    assertEquals([idle, memory.isParked], [true, false]);
    assertEquals([memory.value, memory.given], [1, 1]);
  },
);

test(
  "WaitQueue.close() calls back at once when nothing sleeps",
  {},
  async () => {
    const memory = new Memory();
    const queue = new WaitQueue(memory);
    const wait = queue.wait(undefined, Infinity, late);
    memory.post();
    await wait;
    await sleep();
    let idle = false;
    queue.close(() => new Error("closed"), () => idle = true);
    assert(idle);
  },
);

test(
  "WaitQueue.wait() rejects every wait when the sleep fails",
  {},
  async () => {
    const memory = new Memory();
    const queue = new WaitQueue(memory);
    const waits = [1, 2].map(() => queue.wait(undefined, Infinity, late));
    const results = Promise.allSettled(waits);
    memory.failure = new Error("broken");
    memory.wake();
    for (const result of await results) {
      assert(result.status === "rejected" && result.reason === memory.failure);
    }
    assert(queue.isEmpty);
    // It is no worse for it.
    memory.failure = undefined;
    const next = queue.wait(undefined, Infinity, late);
    memory.post();
    await next;
  },
);

test("WaitQueue.wait() rejects the rest when taking fails", {}, async () => {
  const memory = new Memory();
  const queue = new WaitQueue(memory);
  const waits = [1, 2, 3].map(() => queue.wait(undefined, Infinity, late));
  const results = Promise.allSettled(waits);
  const { tryTake } = memory;
  let takes = 0;
  memory.tryTake = () => {
    if (++takes === 3) memory.failure = new Error("broken");
    return tryTake.call(memory);
  };
  memory.post(3);
  assertEquals(
    (await results).map(({ status }) => status),
    ["fulfilled", "fulfilled", "rejected"],
  );
});

test("isAloneWaiting() counts the waits until they settle", {}, async () => {
  const memory = new Memory();
  const queue = new WaitQueue(memory);
  assert(isAloneWaiting());
  const controller = new AbortController();
  const aborted = queue.wait(controller.signal, Infinity, late);
  const served = queue.wait(undefined, Infinity, late);
  assert(!isAloneWaiting());
  controller.abort();
  await assertRejects(() => aborted);
  assert(!isAloneWaiting());
  memory.post();
  await served;
  assert(isAloneWaiting());
});
