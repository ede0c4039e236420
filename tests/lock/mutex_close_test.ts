/** Ends of a mutex: its own, and its memory's. */

import { Mutex, openMutex } from "@ipc/lock";
import { openSharedMemory } from "@ipc/shm";
import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { notLinux, test } from "../_util/test.ts";
import { reasonOf, sleep } from "../_util/wait.ts";
import { memory } from "./_memory.ts";

const { BadResource } = Deno.errors;

/** Everything that a mutex does, which throws if it cannot. */
function uses(mutex: Mutex): (() => unknown)[] {
  return [
    () => mutex.tryAcquire(),
    () => mutex.acquireSync(),
    () => mutex.acquireSync({ timeout: 0 }),
    () => mutex.release(),
  ];
}

test("Mutex.close() does nothing when it is closed", {}, async (t) => {
  const mutex = new Mutex(memory(t).buffer);
  mutex.close();
  mutex.close();
  mutex[Symbol.dispose]();
  for (const use of uses(mutex)) {
    assertThrows(use, BadResource, "it is closed");
  }
  await assertRejects(() => mutex.acquire(), BadResource, "it is closed");
});

test("Mutex.close() leaves what is held as a dead holder does", {}, (t) => {
  const { buffer } = memory(t);
  const mutex = new Mutex(buffer);
  using other = new Mutex(buffer);
  const lock = mutex.acquireSync();
  mutex.close();
  lock.release();
  assertFalse(mutex.held);
  using next = other.acquireSync({ timeout: 1000 });
  assert(next.ownerDied);
  assertThrows(() => lock.markConsistent(), BadResource);
});

test(
  "Mutex.close() rejects the waits, and takes nothing for them",
  {},
  async (t) => {
    const { buffer } = memory(t);
    const mutex = new Mutex(buffer);
    using other = new Mutex(buffer);
    const lock = other.acquireSync();
    const waits = [1, 2, 3].map(() => reasonOf(mutex.acquire()));
    await sleep(5);
    mutex.close();
    lock.release();
    for (const reason of await Promise.all(waits)) {
      assertInstanceOf(reason, BadResource);
    }
    await sleep(40);
    other.acquireSync({ timeout: 0 }).release();
  },
);

test("Mutex throws when its memory is closed", {}, async () => {
  const shared = openSharedMemory(null, { size: 64 });
  shared.unlink();
  using mutex = new Mutex(shared.buffer);
  const lock = mutex.acquireSync();
  const waits = [1, 2].map(() => reasonOf(mutex.acquire()));
  await sleep(5);
  shared.close();
  for (const use of [...uses(mutex), () => lock.release()]) {
    assertThrows(use, BadResource, "its memory is closed");
  }
  await assertRejects(() => mutex.acquire(), BadResource);
  for (const reason of await Promise.all(waits)) {
    assertInstanceOf(reason, BadResource);
  }
  mutex.close();
  assertThrows(() => mutex.acquireSync(), BadResource, "it is closed");
});

test("Mutex.close() unmaps what it opened", {
  needs: ["all"],
  ignore: notLinux,
}, async (t) => {
  const name = t.name();
  const maps = () => Deno.readTextFileSync("/proc/self/maps");
  const mutex = openMutex(name, { create: true });
  mutex.acquireSync();
  const waiting = reasonOf(mutex.acquire());
  await sleep(5);
  assert(maps().includes(name));
  mutex.close();
  assertInstanceOf(await waiting, BadResource);
  assertFalse(maps().includes(name));
  using again = openMutex(name);
  assert(again.acquireSync().ownerDied);
  assertEquals(again.created, false);
});
