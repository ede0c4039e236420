/** Closing and unlinking semaphores. */

import { openSemaphore, unlinkSemaphore } from "@ipc/shm";
import {
  assert,
  assertEquals,
  assertFalse,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { count } from "../_util/count.ts";
import { assertOsError } from "../_util/error.ts";
import { notLinux, test } from "../_util/test.ts";
import { sleep } from "../_util/wait.ts";

const { BadResource, NotFound } = Deno.errors;

test("Semaphore.close() does nothing when it is closed", {}, (t) => {
  const semaphore = openSemaphore(t.name(), { create: true });
  semaphore.close();
  semaphore.close();
  semaphore[Symbol.dispose]();
});

test("Semaphore.close() leaves another handle in the process open", {}, (t) => {
  const name = t.name();
  using first = openSemaphore(name, { create: true, value: 1 });
  const second = openSemaphore(name);
  second.close();
  second.close();
  assertEquals(count(first), 1);
});

test("Semaphore unmaps it when a using block ends", {
  needs: ["all"],
  ignore: notLinux,
}, (t) => {
  const name = t.name();
  openSemaphore(name, { create: true }).close();
  const maps = () => Deno.readTextFileSync("/proc/self/maps");
  {
    using _semaphore = openSemaphore(name);
    assert(maps().includes(`/dev/shm/sem.${name.slice(1)}`));
  }
  assertFalse(maps().includes(name.slice(1)));
});

test(
  "Semaphore throws BadResource when it is used after close",
  {},
  async (t) => {
    const semaphore = openSemaphore(t.name(), { create: true, value: 1 });
    const lock = semaphore.acquireSync();
    semaphore.close();
    const uses = [
      () => semaphore.acquireSync(),
      () => semaphore.acquireSync({ timeout: 0 }),
      () => semaphore.tryAcquire(),
      () => semaphore.release(),
      () => semaphore.value,
      () => lock.release(),
    ];
    for (const use of uses) assertThrows(use, BadResource, semaphore.name);
    await assertRejects(() => semaphore.acquire(), BadResource, semaphore.name);
    await assertRejects(() => semaphore.acquire({ timeout: 0 }), BadResource);
  },
);

test("Semaphore keeps its name and mode when it is closed", {
  ignore: notLinux,
}, (t) => {
  const name = t.name();
  const semaphore = openSemaphore(name, { create: true, mode: 0o640 });
  semaphore.close();
  assertEquals([semaphore.name, semaphore.mode], [name, 0o640]);
  assertEquals(semaphore.created, true);
});

test(
  "Semaphore.close() rejects the waits that are pending with BadResource",
  {},
  async (t) => {
    const name = t.name();
    const semaphore = openSemaphore(name, { create: true });
    const waits = [
      semaphore.acquire(),
      semaphore.acquire({ timeout: 5000 }),
      semaphore.acquire({ signal: new AbortController().signal }),
    ];
    await sleep(10);
    semaphore.close();
    for (const wait of waits) {
      await assertRejects(() => wait, BadResource, name);
    }
    using other = openSemaphore(name);
    other.release();
    await sleep(50);
    assertEquals(count(other), 1);
  },
);

test(
  "Semaphore.close() takes nothing when a count comes at the same time",
  { deadline: 40_000 },
  async (t) => {
    const name = t.name();
    using other = openSemaphore(name, { create: true });
    for (let i = 0; i < 30; i++) {
      const semaphore = openSemaphore(name);
      const waiting = semaphore.acquire();
      await sleep(i % 3);
      other.release();
      semaphore.close();
      const taken = await waiting.then(() => true, () => false);
      assertEquals(count(other), taken ? 0 : 1);
      if (!taken) other.acquireSync({ timeout: 0 });
    }
  },
);

test("Semaphore.close() keeps what was taken", {}, (t) => {
  const name = t.name();
  const semaphore = openSemaphore(name, { create: true, value: 1 });
  semaphore.acquireSync();
  semaphore.close();
  using other = openSemaphore(name);
  assertEquals(other.tryAcquire(), undefined);
});

test(
  "Semaphore.unlink() removes the name when it is open, and after close",
  {},
  (t) => {
    const name = t.name();
    const semaphore = openSemaphore(name, { create: true, value: 1 });
    semaphore.unlink();
    assertThrows(() => openSemaphore(name), NotFound);
    assertEquals(count(semaphore), 1);
    semaphore.close();
    const again = openSemaphore(name, { createNew: true });
    again.close();
    again.unlink();
    assertThrows(() => openSemaphore(name), NotFound);
  },
);

test(
  "Semaphore.unlink() leaves a new semaphore of the name apart from the old",
  {},
  (t) => {
    const name = t.name();
    using old = openSemaphore(name, { create: true, value: 1 });
    old.unlink();
    using young = openSemaphore(name, { createNew: true, value: 7 });
    assertEquals([count(old), count(young)], [1, 7]);
  },
);

test("unlinkSemaphore() removes the name", {}, (t) => {
  const name = t.name();
  openSemaphore(name, { create: true }).close();
  unlinkSemaphore(name);
  assertThrows(() => openSemaphore(name), NotFound);
});

test(
  "unlinkSemaphore() and Semaphore.unlink() throw NotFound when there is no such name",
  {},
  (t) => {
    const name = t.name();
    using semaphore = openSemaphore(name, { create: true });
    semaphore.unlink();
    for (
      const unlink of [
        () => semaphore.unlink(),
        () => unlinkSemaphore(name),
      ]
    ) assertOsError(unlink, NotFound, "ENOENT", "sem_unlink");
  },
);
