import { assert, assertEquals, assertRejects } from "@std/assert";
import { WaitQueue } from "../../libc/wait_queue.ts";
import { test } from "../_util/test.ts";
import { sleep } from "../_util/wait.ts";
import { joiner, late, Memory } from "./_memory.ts";

test(
  "WaitQueue.wait() rejects the head alone when it is aborted",
  {},
  async () => {
    const memory = new Memory();
    const served: number[] = [];
    const join = joiner(new WaitQueue(memory), served);
    const controller = new AbortController();
    const head = join(1, controller.signal);
    const next = join(2);
    const reason = new Error("enough");
    controller.abort(reason);
    // The sleeper is still asleep: it now sleeps for the next.
    assert(await assertRejects(() => head) === reason && memory.isParked);
    memory.post();
    await next;
    assertEquals([served, memory.value, memory.given], [[2], 0, 0]);
  },
);

test(
  "WaitQueue.wait() rejects another than the head alone when it is aborted",
  {},
  async () => {
    const memory = new Memory();
    const served: number[] = [];
    const join = joiner(new WaitQueue(memory), served);
    const controller = new AbortController();
    const rest = [join(1), join(3)];
    const other = join(2, controller.signal);
    controller.abort("enough");
    await other.then(
      () => assert(false),
      (error) => assertEquals(error, "enough"),
    );
    memory.post(2);
    await Promise.all(rest);
    assertEquals(served, [1, 3]);
  },
);

test(
  "WaitQueue.wait() gives back what arrives when its only wait is aborted",
  {},
  async () => {
    const memory = new Memory();
    const queue = new WaitQueue(memory);
    const controller = new AbortController();
    const wait = queue.wait(controller.signal, Infinity, late);
    let settled = false;
    wait.catch(() => settled = true);
    controller.abort(new Error("enough"));
    await sleep();
    // Something could still be taken on its behalf.
    assert(!settled && queue.isEmpty);
    memory.post();
    await assertRejects(() => wait, Error, "enough");
    assertEquals([memory.value, memory.given], [1, 1]);
    assert(!memory.isParked);
  },
);

test(
  "WaitQueue.wait() takes what the sleeper of an aborted wait brings",
  {},
  async () => {
    const memory = new Memory();
    const queue = new WaitQueue(memory);
    const controller = new AbortController();
    const aborted = queue.wait(controller.signal, Infinity, late);
    controller.abort(new Error("enough"));
    const next = queue.wait(undefined, Infinity, late);
    memory.post();
    await next;
    await assertRejects(() => aborted, Error, "enough");
    assertEquals([memory.value, memory.given], [0, 0]);
  },
);

test(
  "WaitQueue.wait() rejects when its time is over, and not before",
  {},
  async () => {
    const memory = new Memory();
    const queue = new WaitQueue(memory);
    const forever = queue.wait(undefined, Infinity, late);
    const start = performance.now();
    await assertRejects(
      () => queue.wait(undefined, 20, late),
      Deno.errors.TimedOut,
      "Cannot wait longer",
    );
    assert(performance.now() - start >= 19, "too early");
    memory.post();
    await forever;
  },
);

test(
  "WaitQueue.wait() ignores a signal and a timeout once it is served",
  {},
  async () => {
    const memory = new Memory();
    const queue = new WaitQueue(memory);
    const controller = new AbortController();
    const wait = queue.wait(controller.signal, 10_000, late);
    memory.post();
    await wait;
    controller.abort();
    await sleep();
    assertEquals([memory.value, memory.given], [0, 0]);
  },
);
