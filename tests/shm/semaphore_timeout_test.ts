/** Waits with a timeout. */

import { openSemaphore, type Semaphore, SemaphoreLock } from "@ipc/shm";
import {
  assert,
  assertEquals,
  assertGreaterOrEqual,
  assertInstanceOf,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { count } from "../_util/count.ts";
import { test, type TestScope } from "../_util/test.ts";

const { TimedOut } = Deno.errors;

/** A semaphore of this value, closed when the test is over. */
function semaphoreOf(t: TestScope, value: number): Semaphore {
  const semaphore = openSemaphore(t.name(), { createNew: true, value });
  t.defer(() => semaphore.close());
  return semaphore;
}

for (const timeout of [0, 1, 30, 60.5]) {
  test(
    `Semaphore.acquireSync() throws TimedOut when ${timeout} ms are over`,
    {},
    (t) => {
      const semaphore = semaphoreOf(t, 0);
      const start = performance.now();
      const error = assertThrows(
        () => semaphore.acquireSync({ timeout }),
        TimedOut,
        semaphore.name,
      );
      assertGreaterOrEqual(performance.now() - start, timeout);
      assert(error.message.includes(`${timeout}`), error.message);
      assertEquals(count(semaphore), 0);
    },
  );

  test(
    `Semaphore.acquire() rejects with TimedOut when ${timeout} ms are over`,
    {},
    async (t) => {
      const semaphore = semaphoreOf(t, 0);
      const start = performance.now();
      const error = await assertRejects(
        () => semaphore.acquire({ timeout }),
        TimedOut,
        semaphore.name,
      );
      assertGreaterOrEqual(performance.now() - start, timeout);
      assert(error.message.includes(`${timeout}`), error.message);
      semaphore.release();
      assertEquals(count(semaphore), 1);
    },
  );
}

for (const timeout of [undefined, 0, 1000, Infinity, 1e300]) {
  test(
    `Semaphore.acquire() takes one when there is one and the timeout is ${timeout}`,
    {},
    async (t) => {
      const semaphore = semaphoreOf(t, 2);
      assertInstanceOf(semaphore.acquireSync({ timeout }), SemaphoreLock);
      assertInstanceOf(await semaphore.acquire({ timeout }), SemaphoreLock);
      assertEquals(count(semaphore), 0);
    },
  );
}

for (const timeout of [undefined, 5000, Infinity, 1e300]) {
  test(
    `Semaphore.acquire() waits for a release when the timeout is ${timeout}`,
    {},
    async (t) => {
      const semaphore = semaphoreOf(t, 0);
      setTimeout(() => semaphore.release(), 70);
      assertInstanceOf(await semaphore.acquire({ timeout }), SemaphoreLock);
      assertEquals(count(semaphore), 0);
    },
  );
}

test(
  "Semaphore.acquire() and acquireSync() throw RangeError when the timeout is negative or NaN",
  {},
  async (t) => {
    const semaphore = semaphoreOf(t, 1);
    for (const timeout of [-1, -0.1, NaN, -Infinity]) {
      assertThrows(() => semaphore.acquireSync({ timeout }), RangeError);
      await assertRejects(() => semaphore.acquire({ timeout }), RangeError);
    }
    assertEquals(count(semaphore), 1);
  },
);

test(
  "Semaphore.acquire() and acquireSync() throw TypeError when the timeout is no number",
  {},
  async (t) => {
    const semaphore = semaphoreOf(t, 1);
    for (const wrong of ["5", 5n, null, {}]) {
      const options = { timeout: wrong as unknown as number };
      assertThrows(() => semaphore.acquireSync(options), TypeError);
      await assertRejects(() => semaphore.acquire(options), TypeError);
    }
    assertEquals(count(semaphore), 1);
  },
);

test(
  "Semaphore.acquire() leaves the others their order when one times out",
  {},
  async (t) => {
    const semaphore = semaphoreOf(t, 0);
    const order: string[] = [];
    const first = semaphore.acquire().then(() => order.push("first"));
    const late = semaphore.acquire({ timeout: 10 })
      .catch((error) => order.push(error.name));
    const last = semaphore.acquire().then(() => order.push("last"));
    await late;
    semaphore.release();
    await first;
    semaphore.release();
    await last;
    assertEquals(order, ["TimedOut", "first", "last"]);
    assertEquals(count(semaphore), 0);
  },
);
