/** Taking and giving, locks, and the order of waits. */

import {
  openSemaphore,
  SEM_VALUE_MAX,
  type Semaphore,
  SemaphoreLock,
} from "@ipc/shm";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertThrows,
} from "@std/assert";
import { count } from "../_util/count.ts";
import { assertOsError } from "../_util/error.ts";
import { test, type TestScope } from "../_util/test.ts";
import { sleep } from "../_util/wait.ts";

/** A semaphore of this value, closed when the test is over. */
function semaphoreOf(t: TestScope, value: number): Semaphore {
  const semaphore = openSemaphore(t.name(), { createNew: true, value });
  t.defer(() => semaphore.close());
  return semaphore;
}

for (const wait of ["adaptive", "block"] as const) {
  test(
    `Semaphore.acquireSync() waits for another thread's release when wait is ${wait}`,
    {
      needs: ["read"],
    },
    async (t) => {
      const name = t.name();
      using semaphore = openSemaphore(name, { create: true, wait });
      const url = new URL("../_peers/releaser.ts", import.meta.url);
      const worker = new Worker(url, { type: "module" });
      worker.postMessage([name]);
      worker.postMessage(100);
      for (let i = 0; i < 100; i++) semaphore.acquireSync();
      assertEquals(semaphore.tryAcquire(), undefined);
      await new Promise((resolve) => worker.onmessage = resolve);
      worker.terminate();
    },
  );
}

test("Semaphore.acquireSync() takes one when there is one", {}, (t) => {
  const semaphore = semaphoreOf(t, 2);
  assertInstanceOf(semaphore.acquireSync(), SemaphoreLock);
  assertEquals(count(semaphore), 1);
});

test("Semaphore.acquire() takes one when there is one", {}, async (t) => {
  const semaphore = semaphoreOf(t, 2);
  assertInstanceOf(await semaphore.acquire(), SemaphoreLock);
  assertEquals(count(semaphore), 1);
});

test("Semaphore.acquire() waits when there is none", {}, async (t) => {
  const semaphore = semaphoreOf(t, 0);
  const waiting = semaphore.acquire();
  const first = await Promise.race([
    waiting,
    new Promise((resolve) => setTimeout(resolve, 50, "waits")),
  ]);
  assertEquals(first, "waits");
  semaphore.release();
  assertInstanceOf(await waiting, SemaphoreLock);
  assertEquals(count(semaphore), 0);
});

test(
  "Semaphore.tryAcquire() takes one or returns undefined when there is none",
  {},
  (t) => {
    const semaphore = semaphoreOf(t, 1);
    assertInstanceOf(semaphore.tryAcquire(), SemaphoreLock);
    assertEquals(semaphore.tryAcquire(), undefined);
    semaphore.release();
    assertInstanceOf(semaphore.tryAcquire(), SemaphoreLock);
  },
);

test("Semaphore.release() gives one when nobody took it", {}, (t) => {
  const semaphore = semaphoreOf(t, 0);
  semaphore.release();
  semaphore.release();
  assertEquals(count(semaphore), 2);
});

test(
  "Semaphore.release() throws EOVERFLOW when the value is at its limit",
  {},
  (t) => {
    const semaphore = semaphoreOf(t, SEM_VALUE_MAX);
    const error = assertOsError(
      () => semaphore.release(),
      Error,
      "EOVERFLOW",
      "sem_post",
    );
    assert(error.message.includes(String(SEM_VALUE_MAX)), error.message);
    semaphore.acquireSync();
    semaphore.release();
  },
);

test("SemaphoreLock releases when a using block ends", {}, async (t) => {
  const semaphore = semaphoreOf(t, 1);
  {
    using _lock = semaphore.acquireSync();
    assertEquals(count(semaphore), 0);
  }
  assertEquals(count(semaphore), 1);
  {
    using _lock = await semaphore.acquire();
    assertEquals(count(semaphore), 0);
  }
  assertEquals(count(semaphore), 1);
  {
    using lock = semaphore.tryAcquire();
    assert(lock);
    using none = semaphore.tryAcquire();
    assertEquals(none, undefined);
  }
  assertEquals(count(semaphore), 1);
});

test("SemaphoreLock releases when a using block throws", {}, (t) => {
  const semaphore = semaphoreOf(t, 1);
  assertThrows(
    () => {
      using _lock = semaphore.acquireSync();
      throw new Error("Cannot go on");
    },
    Error,
    "Cannot go on",
  );
  assertEquals(count(semaphore), 1);
});

test(
  "SemaphoreLock.release() gives one count when it is called twice",
  {},
  (t) => {
    const semaphore = semaphoreOf(t, 1);
    const lock = semaphore.acquireSync();
    lock.release();
    lock.release();
    lock[Symbol.dispose]();
    assertEquals(count(semaphore), 1);
  },
);

test(
  "SemaphoreLock.release() can be called again when the first time failed",
  {},
  (t) => {
    const semaphore = semaphoreOf(t, SEM_VALUE_MAX);
    const lock = semaphore.acquireSync();
    semaphore.release();
    assertOsError(() => lock.release(), Error, "EOVERFLOW");
    semaphore.acquireSync();
    lock.release();
    assertOsError(() => semaphore.release(), Error, "EOVERFLOW");
  },
);

test(
  "Semaphore.acquire() serves waits in the order of their calls when several wait",
  {},
  async (t) => {
    const semaphore = semaphoreOf(t, 0);
    const order: number[] = [];
    const waits = Array.from(
      { length: 50 },
      (_, i) => semaphore.acquire().then(() => order.push(i)),
    );
    for (let i = 0; i < 50; i++) {
      semaphore.release();
      if (i % 7 === 0) await sleep(1);
    }
    await Promise.all(waits);
    assertEquals(order, Array.from({ length: 50 }, (_, i) => i));
    assertEquals(count(semaphore), 0);
  },
);

test(
  "Semaphore.acquire() lets nobody pass those that wait when a count comes",
  { deadline: 40_000 },
  async (t) => {
    const semaphore = semaphoreOf(t, 0);
    for (let i = 0; i < 60; i++) {
      const order: string[] = [];
      const first = semaphore.acquire().then(() => order.push("first"));
      await sleep(i % 4);
      semaphore.release();
      const second = semaphore.acquire().then(() => order.push("second"));
      await first;
      semaphore.release();
      await second;
      assertEquals(order, ["first", "second"]);
    }
    assertEquals(count(semaphore), 0);
  },
);
