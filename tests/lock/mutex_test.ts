/** A mutex, by one thread. */

import { Mutex, MUTEX_SIZE } from "@ipc/lock";
import {
  assert,
  assertEquals,
  assertFalse,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { test } from "../_util/test.ts";
import { sleep } from "../_util/wait.ts";
import { again, memory, NOBODY } from "./_memory.ts";

const { TimedOut } = Deno.errors;

test("Mutex.tryAcquire() acquires what is free, and nothing else", {}, () => {
  using mutex = new Mutex(new ArrayBuffer(MUTEX_SIZE));
  assertFalse(mutex.held);
  const lock = mutex.tryAcquire()!;
  assert(mutex.held);
  assertFalse(lock.ownerDied);
  assertEquals(mutex.tryAcquire(), undefined);
  lock.release();
  assertFalse(mutex.held);
  mutex.tryAcquire()!.release();
});

test("Mutex.acquireSync() acquires what is free", {}, () => {
  using mutex = new Mutex(new ArrayBuffer(MUTEX_SIZE));
  {
    using _lock = mutex.acquireSync();
    assert(mutex.held);
  }
  assertFalse(mutex.held);
  mutex.acquireSync({ timeout: 0 });
  mutex.release();
});

test("Mutex.acquire() acquires what is free", {}, async () => {
  using mutex = new Mutex(new ArrayBuffer(MUTEX_SIZE));
  {
    using _lock = await mutex.acquire();
    assert(mutex.held);
  }
  await mutex.acquire({ timeout: 0 });
  mutex.release();
});

test(
  "Mutex.acquireSync() tells a deadlock when its thread holds it",
  {},
  async (t) => {
    const shared = memory(t);
    using mutex = new Mutex(shared.buffer);
    using lock = mutex.acquireSync();
    // Neither by this object, nor by another, nor over another mapping.
    for (const buffer of [shared.buffer, again(t, shared).buffer]) {
      using other = new Mutex(buffer);
      for (const one of [mutex, other]) {
        const error = assertThrows(() => one.acquireSync(), Error, "holds it");
        assertEquals((error as Error & { code: string }).code, "EDEADLK");
        assertThrows(() => one.acquireSync({ timeout: 0 }), TimedOut);
        await assertRejects(() => one.acquire({ timeout: 10 }), TimedOut);
        assertEquals(one.tryAcquire(), undefined);
      }
    }
    lock.release();
    mutex.acquireSync().release();
  },
);

test("Mutex.release() is an error when it is not held", {}, async (t) => {
  const shared = memory(t);
  using mutex = new Mutex(shared.buffer);
  using other = new Mutex(shared.buffer);
  const error = assertThrows(() => mutex.release(), Error, "not held");
  assertEquals((error as Error & { code: string }).code, "EPERM");
  using _lock = await other.acquire();
  assertThrows(() => mutex.release(), Error, "not held");
});

test("MutexLock.release() releases once", {}, () => {
  using mutex = new Mutex(new ArrayBuffer(MUTEX_SIZE));
  const first = mutex.acquireSync();
  first.release();
  const second = mutex.acquireSync();
  first.release();
  first[Symbol.dispose]();
  assert(mutex.held, "the second is another one");
  const error = assertThrows(() => first.markConsistent(), Error, "released");
  assertEquals((error as Error & { code: string }).code, "EPERM");
  second.release();
});

test("Mutex.acquire() serves the tasks of a thread in order", {}, async (t) => {
  using mutex = new Mutex(memory(t).buffer);
  const served: number[] = [];
  let inside = 0;
  await Promise.all([1, 2, 3, 4, 5, 6].map(async (id) => {
    using _lock = await mutex.acquire();
    assertEquals(++inside, 1);
    await sleep(1);
    served.push(id);
    inside--;
  }));
  assertEquals(served, [1, 2, 3, 4, 5, 6]);
});

test("Mutex.acquire() excludes the tasks of another object", {}, async (t) => {
  const shared = memory(t);
  const buffers = [shared.buffer, again(t, shared).buffer, shared.buffer];
  let inside = 0, done = 0;
  await Promise.all(buffers.map(async (buffer) => {
    using mutex = new Mutex(buffer, 64);
    for (let i = 0; i < 20; i++) {
      using _lock = await mutex.acquire();
      assertEquals(++inside, 1);
      await Promise.resolve();
      inside--;
      done++;
    }
  }));
  assertEquals(done, 60);
});

test(
  "Mutex.acquire() of a dead holder's tells so until somebody marks it",
  {},
  async (t) => {
    const shared = memory(t);
    using mutex = new Mutex(shared.buffer);
    const words = new Int32Array(shared.buffer);
    words[2] = NOBODY;
    let lock = mutex.tryAcquire()!;
    assert(lock.ownerDied);
    lock.release();
    lock = mutex.acquireSync();
    assert(lock.ownerDied, "it is told again");
    lock.markConsistent();
    assert(lock.ownerDied, "it was so");
    lock.markConsistent();
    lock.release();
    lock = await mutex.acquire();
    assertFalse(lock.ownerDied);
    lock.release();
    assertEquals(words[2], 0);
    // Whoever sleeps gets it too.
    lock = mutex.acquireSync();
    const waiting = mutex.acquire();
    await sleep(5);
    words[2] = NOBODY | 1 << 31;
    assert((await waiting).ownerDied);
  },
);

test("Mutex stays inconsistent when the next holder dies as well", {}, (t) => {
  const shared = memory(t);
  using mutex = new Mutex(shared.buffer);
  const words = new Int32Array(shared.buffer);
  for (const flags of [0, 1 << 30, 1 << 31, 3 << 30]) {
    words[2] = NOBODY | flags;
    const lock = mutex.acquireSync();
    assert(lock.ownerDied);
    lock.markConsistent();
    lock.release();
    assertEquals(words[2], 0);
  }
});

test(
  "Mutex is free when its number is this thread's, which holds nothing",
  {},
  (t) => {
    const shared = memory(t);
    using mutex = new Mutex(shared.buffer);
    const words = new Int32Array(shared.buffer);
    mutex.acquireSync();
    const own = words[2]!;
    mutex.release();
    words[2] = own;
    const lock = mutex.acquireSync();
    assert(lock.ownerDied);
    lock.release();
  },
);
