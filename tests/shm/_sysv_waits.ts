/** Tests of waiting for System V semaphores, for every way that is done. */

import { openSysvSemaphore } from "@ipc/shm";
import type { SysvSemaphore, WaitStrategy } from "@ipc/shm";
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
import { newSemaphore } from "./_sysv.ts";

const { BadResource, NotFound, TimedOut } = Deno.errors;

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
    test(`SysvSemaphore.${name} (${how})`, {}, (t) => {
      prepare(t);
      return run(t);
    });
  }

  waitTest("acquire() waits, and serves the same in order", async (t) => {
    const semaphore = newSemaphore(t, { wait });
    const order: number[] = [];
    const waits = [1, 2, 3].map((id) =>
      semaphore.acquire().then(() => order.push(id))
    );
    await sleep(10);
    assertEquals(semaphore.tryAcquire(), undefined);
    semaphore.release(3);
    // They wait for it, and so it is theirs.
    assertEquals(semaphore.tryAcquire(), undefined);
    await Promise.all(waits);
    assertEquals(order, [1, 2, 3]);
    assertEquals(semaphore.value, 0);
  });

  waitTest("acquire() is passed by what asks for less", async (t) => {
    const semaphore = newSemaphore(t, { wait });
    const large = semaphore.acquire(5);
    await sleep(5);
    // The one that holds up the other would release what it waits for.
    const small = semaphore.acquire(2);
    semaphore.release(2);
    (await small).release();
    assertEquals(semaphore.value, 2);
    semaphore.release(3);
    await large;
    assertEquals(semaphore.value, 0);
  });

  waitTest("waitForZero() waits until the value is zero", async (t) => {
    const set = newSemaphore(t, { wait, value: [1, 2] });
    assertEquals(set.tryWaitForZero({ index: 1 }), false);
    const seen: string[] = [];
    const waits = [
      set.waitForZero().then(() => seen.push("first")),
      set.waitForZero({ index: 1 }).then(() => seen.push("second")),
      set.semop([{ index: 0, delta: 0 }, { index: 1, delta: 0 }, { delta: 7 }])
        .then(() => seen.push("both")),
    ];
    await sleep(10);
    assertEquals(seen, []);
    set.acquireSync(2, { index: 1 });
    await waits[1];
    assertEquals(seen, ["second"]);
    const giving = set.acquire();
    await Promise.all([...waits.slice(0, 1), giving]);
    await waits[2];
    assertEquals(set.values(), [7, 0]);
  });

  waitTest("acquire() and acquireSync() throw TimedOut in time", async (t) => {
    const semaphore = newSemaphore(t, { wait, value: 1 });
    for (const timeout of [0, 0.5, 1, 20]) {
      const start = performance.now();
      const error = assertThrows(
        () => semaphore.acquireSync(2, { timeout }),
        TimedOut,
        `${semaphore.id}`,
      );
      assert(error.message.startsWith("Cannot acquire System V"));
      assertGreaterOrEqual(performance.now() - start, timeout);
      await assertRejects(() => semaphore.acquire(2, { timeout }), TimedOut);
      assertGreaterOrEqual(performance.now() - start, 2 * timeout - 2);
      assertThrows(
        () => semaphore.waitForZeroSync({ timeout }),
        TimedOut,
        "wait for zero of",
      );
      await assertRejects(() => semaphore.waitForZero({ timeout }), TimedOut);
      assertThrows(
        () => semaphore.semopSync([{ delta: -1 }, { delta: -1 }], { timeout }),
        TimedOut,
      );
    }
    for (const timeout of [-1, NaN]) {
      assertThrows(() => semaphore.acquireSync(1, { timeout }), RangeError);
      await assertRejects(
        () => semaphore.acquire(1, { timeout }),
        RangeError,
      );
    }
    assertEquals(semaphore.value, 1);
    semaphore.acquireSync(1, { timeout: 0 });
    assertEquals(semaphore.value, 0);
  });

  waitTest(
    "acquire() rejects with the reason, and takes nothing",
    async (t) => {
      const semaphore = newSemaphore(t, { wait, value: 1 });
      const reason = { why: "before" };
      const signal = AbortSignal.abort(reason);
      assertEquals(await reasonOf(semaphore.acquire(1, { signal })), reason);
      assertEquals(await reasonOf(semaphore.waitForZero({ signal })), reason);
      assertEquals(
        await reasonOf(semaphore.semop([{ delta: -1 }], { signal })),
        reason,
      );
      assertEquals(semaphore.value, 1);
      semaphore.acquireSync();
      for (const pause of [0, 5]) {
        const controller = new AbortController();
        const { signal } = controller;
        const waiting = [
          semaphore.acquire(1, { signal }),
          semaphore.semop([{ delta: -1 }, { delta: -1 }], { signal }),
        ];
        await sleep(pause);
        controller.abort("meanwhile");
        assertEquals(await Promise.all(waiting.map(reasonOf)), [
          "meanwhile",
          "meanwhile",
        ]);
        semaphore.release(2);
        await sleep(5);
        assertEquals(semaphore.value, 2);
        semaphore.acquireSync(2);
      }
    },
  );

  waitTest("acquire() leaves other waits alone when aborted", async (t) => {
    const semaphore = newSemaphore(t, { wait });
    const controllers = [0, 1, 2, 3, 4].map(() => new AbortController());
    const waits = controllers.map(({ signal }) =>
      semaphore.acquire(1, { signal })
    );
    await sleep(5);
    const reasons = Promise.all([0, 2, 4].map((i) => reasonOf(waits[i]!)));
    for (const i of [0, 2, 4]) controllers[i]!.abort(i);
    assertEquals(await reasons, [0, 2, 4]);
    semaphore.release(2);
    await Promise.all([waits[1], waits[3]]);
    assertEquals(semaphore.value, 0);
  });

  waitTest("acquire() and others reject when it is removed", async (t) => {
    const semaphore = newSemaphore(t, { wait, value: 1 });
    using other = openSysvSemaphore(semaphore.key!);
    const waits = [
      semaphore.acquire(2),
      semaphore.acquire(2),
      semaphore.acquire(3, { timeout: 5000 }),
      semaphore.waitForZero(),
      semaphore.semop([{ delta: -2 }, { delta: 1 }]),
    ];
    await sleep(10);
    other.remove();
    const reasons = await Promise.all(waits.map(reasonOf));
    for (const error of reasons as (Error & { code: string })[]) {
      assert(error instanceof NotFound, `${error}`);
      assertEquals(error.code, "EIDRM");
      assert(error.message.includes("it was removed"), error.message);
    }
  });

  waitTest("close() rejects what waits", async (t) => {
    const semaphore = newSemaphore(t, { wait, value: 1 });
    using other = openSysvSemaphore(semaphore.key!);
    const waits = [
      semaphore.acquire(2),
      semaphore.acquire(2),
      semaphore.waitForZero(),
      semaphore.semop([{ delta: -5 }]),
    ];
    await sleep(5);
    semaphore.close();
    for (const reason of await Promise.all(waits.map(reasonOf))) {
      assert(reason instanceof BadResource, `${reason}`);
    }
    other.release(9);
    await sleep(5);
    assertEquals(other.value, 10);
  });

  waitTest("acquire() works with more waits than threads", async (t) => {
    const all = Array.from({ length: 40 }, () => newSemaphore(t, { wait }));
    const waits = all.map((semaphore) => semaphore.acquire());
    await sleep(5);
    for (const semaphore of all) semaphore.release();
    await Promise.all(waits);
    const controller = new AbortController();
    const { signal } = controller;
    const aborted = all.map((semaphore: SysvSemaphore) =>
      reasonOf(semaphore.acquire(1, { signal }))
    );
    await sleep(5);
    controller.abort("all");
    assertEquals(new Set(await Promise.all(aborted)), new Set(["all"]));
    // Nobody is left who would take one.
    for (const semaphore of all) semaphore.release();
    await sleep(5);
    for (const semaphore of all) assertEquals(semaphore.value, 1);
    for (const semaphore of all) removeIfPresent(semaphore);
  });
}
