/** Waiting for a mutex, and giving up. */

import { Mutex } from "@ipc/lock";
import {
  assert,
  assertEquals,
  assertFalse,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { denoPeer, output } from "../_util/child.ts";
import { test } from "../_util/test.ts";
import { without } from "../libc/_without.ts";
import { reasonOf, sleep } from "../_util/wait.ts";
import { memory, NOBODY } from "./_memory.ts";

const { TimedOut } = Deno.errors;

for (const way of ["futex", "naps"]) {
  for (const wait of ["adaptive", "block"] as const) {
    test(
      `Mutex.acquire() waits for a release, ${wait}, by ${way}`,
      {},
      async (t) => {
        if (way === "naps") without(t, "futex");
        using mutex = new Mutex(memory(t).buffer, 0, { wait });
        const lock = mutex.acquireSync();
        let isAcquired = false;
        const waiting = mutex.acquire().then((lock) => {
          isAcquired = true;
          return lock;
        });
        await sleep(20);
        assertFalse(isAcquired);
        lock.release();
        (await waiting).release();
      },
    );

    test(
      `Mutex.acquireSync() sleeps for the time, ${wait}, by ${way}`,
      {},
      async (t) => {
        if (way === "naps") without(t, "futex");
        const { buffer } = memory(t);
        using mutex = new Mutex(buffer, 0, { wait });
        // The first process is not this thread, and lives.
        const words = new Int32Array(buffer);
        words[2] = 1;
        const start = performance.now();
        assertThrows(() => mutex.acquireSync({ timeout: 90 }), TimedOut, "90");
        assert(performance.now() - start >= 89);
        await assertRejects(
          () => mutex.acquire({ timeout: 40 }),
          TimedOut,
          "40",
        );
        assert(performance.now() - start >= 128);
        words[2] = NOBODY;
        assert(mutex.acquireSync().ownerDied);
      },
    );
  }
}

test("Mutex refuses timeouts that are none", {}, async (t) => {
  using mutex = new Mutex(memory(t).buffer);
  for (const timeout of [-1, NaN]) {
    assertThrows(() => mutex.acquireSync({ timeout }), RangeError);
    await assertRejects(() => mutex.acquire({ timeout }), RangeError);
  }
  const timeout = "1" as never;
  assertThrows(() => mutex.acquireSync({ timeout }), TypeError);
  assertFalse(mutex.held);
});

test(
  "Mutex.acquire() rejects with the reason when it is aborted",
  {},
  async (t) => {
    using mutex = new Mutex(memory(t).buffer);
    const before = AbortSignal.abort("before");
    assertEquals(await reasonOf(mutex.acquire({ signal: before })), "before");
    assertFalse(mutex.held);
    const lock = mutex.acquireSync();
    const controller = new AbortController();
    const waiting = mutex.acquire({ signal: controller.signal });
    const next = mutex.acquire();
    await sleep(5);
    controller.abort("meanwhile");
    assertEquals(await reasonOf(waiting), "meanwhile");
    lock.release();
    (await next).release();
    await sleep(40);
    assertFalse(mutex.held);
    mutex.acquireSync().release();
  },
);

test(
  "Mutex.acquire() leaves it free when the abort meets the release",
  {},
  async (t) => {
    using mutex = new Mutex(memory(t).buffer);
    for (let i = 0; i < 60; i++) {
      const lock = mutex.acquireSync();
      const controller = new AbortController();
      const waiting = mutex.acquire({ signal: controller.signal });
      setTimeout(() => lock.release(), i % 3);
      setTimeout(() => controller.abort("late"), i % 5 * 0.5);
      const result = await waiting.catch((reason) => reason);
      if (result === "late") assert(lock === undefined || true);
      else result.release();
      lock.release();
      assertFalse(mutex.held);
      mutex.acquireSync({ timeout: 0 }).release();
    }
  },
);

test("Mutex.acquire() does not hold up the event loop", {}, async (t) => {
  const { buffer } = memory(t);
  using mutex = new Mutex(buffer);
  new Int32Array(buffer)[2] = 1;
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  await assertRejects(() => mutex.acquire({ timeout: 100 }), TimedOut);
  clearInterval(timer);
  assert(turns > 20, `${turns} turns`);
});

test("A process ends at once when all it waited for is aborted", {
  needs: ["run"],
}, async () => {
  assertEquals(await output(denoPeer("lock_give_up.ts")), "given up");
});

test(
  "Mutex.acquire() lets another thread in between many tasks",
  {},
  async (t) => {
    const { buffer } = memory(t);
    using mutex = new Mutex(buffer);
    using other = new Mutex(buffer);
    let rounds = 0;
    let isOver = false;
    // Tasks of one object pass it on, one of another object wants it as well.
    const tasks = [1, 2, 3].map(async () => {
      for (; !isOver; rounds++) (await mutex.acquire()).release();
    });
    await sleep(5);
    const lock = await other.acquire({ timeout: 5000 });
    isOver = true;
    lock.release();
    await Promise.all(tasks);
    assert(rounds > 0);
  },
);

test(
  "Mutex.acquire() tells each task in turn that a holder died",
  {},
  async (t) => {
    const { buffer } = memory(t);
    using mutex = new Mutex(buffer);
    const words = new Int32Array(buffer);
    words[2] = NOBODY;
    const told: boolean[] = [];
    await Promise.all([1, 2, 3, 4].map(async (id) => {
      using lock = await mutex.acquire();
      told.push(lock.ownerDied);
      if (id === 3) lock.markConsistent();
    }));
    assertEquals(told, [true, true, true, false]);
  },
);
