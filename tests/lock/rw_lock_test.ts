/** A reader-writer lock, by one thread. */

import { openRwLock, RW_LOCK_SIZE, RwLock } from "@ipc/lock";
import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { test } from "../_util/test.ts";
import { reasonOf, sleep } from "../_util/wait.ts";
import { again, memory, NOBODY } from "./_memory.ts";

const { BadResource, TimedOut } = Deno.errors;

/** A lock, and its words: the writer's is 2, the readers' begin at 8. */
function lockOver(buffer: ArrayBufferLike): [RwLock, Int32Array] {
  return [new RwLock(buffer), new Int32Array(buffer, 0, RW_LOCK_SIZE / 4)];
}

/** The words that say who holds it. */
function holders(words: Int32Array): number[] {
  return [words[2]!, ...words.subarray(8)].filter((word) => word !== 0);
}

test(
  "RwLock lets readers in beside each other, and one writer alone",
  {},
  async (t) => {
    const shared = memory(t);
    const [one, words] = lockOver(shared.buffer);
    const [two] = lockOver(again(t, shared).buffer);
    const reads = [
      one.acquireReadSync(),
      await one.acquireRead(),
      two.tryAcquireRead()!,
      two.acquireReadSync(),
    ];
    assertEquals(holders(words).length, 2, "a slot for each object");
    for (const read of reads) {
      assertFalse(read.ownerDied);
      assertEquals(one.tryAcquireWrite(), undefined);
      read.release();
      read.release();
    }
    assertEquals(holders(words), []);
    const write = two.tryAcquireWrite()!;
    for (const lock of [one, two]) {
      assertEquals(lock.tryAcquireRead(), undefined);
      assertEquals(lock.tryAcquireWrite(), undefined);
      assertThrows(
        () => lock.acquireReadSync({ timeout: 0 }),
        TimedOut,
        "read",
      );
      assertThrows(
        () => lock.acquireWriteSync({ timeout: 0 }),
        TimedOut,
        "write",
      );
      await assertRejects(() => lock.acquireRead({ timeout: 5 }), TimedOut);
      await assertRejects(() => lock.acquireWrite({ timeout: 5 }), TimedOut);
    }
    write.release();
    write.release();
    assertEquals(holders(words), []);
    (await one.acquireWrite()).release();
    one.acquireWriteSync().release();
    one.close();
    two.close();
  },
);

test("RwLock tells a deadlock when its thread holds it", {}, (t) => {
  const shared = memory(t);
  const [one, words] = lockOver(shared.buffer);
  const [two] = lockOver(again(t, shared).buffer);
  const codeOf = (run: () => unknown) =>
    (assertThrows(run, Error, "holds it") as Error & { code: string }).code;
  const read = one.acquireReadSync();
  for (const lock of [one, two]) {
    assertEquals(codeOf(() => lock.acquireWriteSync()), "EDEADLK");
  }
  assertEquals(holders(words).length, 1, "nothing is left of the try");
  read.release();
  const write = one.acquireWriteSync();
  for (const lock of [one, two]) {
    assertEquals(codeOf(() => lock.acquireWriteSync()), "EDEADLK");
    assertEquals(codeOf(() => lock.acquireReadSync()), "EDEADLK");
  }
  write.release();
  assertEquals(holders(words), []);
});

test("RwLock keeps new readers out while a writer waits", {}, async (t) => {
  const shared = memory(t);
  const [one] = lockOver(shared.buffer);
  const [two] = lockOver(again(t, shared).buffer);
  const order: string[] = [];
  const first = one.acquireReadSync();
  const write = two.acquireWrite().then((lock) => (order.push("write"), lock));
  await sleep(5);
  assertEquals(one.tryAcquireRead(), undefined, "not by who reads");
  assertEquals(two.tryAcquireRead(), undefined, "nor by another");
  const read = one.acquireRead().then((lock) => (order.push("read"), lock));
  // Who blocks the thread would wait for itself.
  one.acquireReadSync().release();
  await sleep(40);
  assertEquals(order, []);
  first.release();
  const lock = await write;
  await sleep(40);
  assertEquals(order, ["write"]);
  lock.release();
  (await read).release();
});

test(
  "RwLock lets in the readers that waited before another writer",
  {},
  async (t) => {
    const shared = memory(t);
    const locks = [1, 2, 3].map(() => lockOver(again(t, shared).buffer)[0]);
    const order: string[] = [];
    const first = await locks[0]!.acquireWrite();
    const write = locks[1]!.acquireWrite().then(async (lock) => {
      order.push("write");
      await sleep(1);
      lock.release();
    });
    const reads = [1, 2].map(() =>
      locks[2]!.acquireRead().then(async (lock) => {
        order.push("read");
        await sleep(20);
        lock.release();
      })
    );
    await sleep(20);
    first.release();
    // The one that leaves comes again at once, and is not faster than they.
    (await locks[0]!.acquireWrite()).release();
    await Promise.all([write, ...reads]);
    assertEquals(order.indexOf("read"), 0, `${order}`);
  },
);

test("RwLock is free of a reader that is dead", {}, async (t) => {
  const [lock, words] = lockOver(memory(t).buffer);
  words[4] = 3;
  words.set([NOBODY, NOBODY | 1 << 30, NOBODY], 8);
  const write = lock.tryAcquireWrite()!;
  assertFalse(write.ownerDied, "a reader leaves no harm");
  write.release();
  words.set([NOBODY, NOBODY | 1 << 30, NOBODY], 8);
  (await lock.acquireWrite()).release();
  words.set([NOBODY, NOBODY | 1 << 30, NOBODY], 8);
  lock.acquireWriteSync().release();
  // A dead reader's slot is as good as a free one.
  words.fill(NOBODY, 8);
  words[4] = 56;
  lock.acquireReadSync().release();
  lock.close();
});

test(
  "RwLock tells every holder that a writer is dead, until one marks it",
  {},
  async (t) => {
    const [lock, words] = lockOver(memory(t).buffer);
    words[2] = NOBODY;
    let read = lock.tryAcquireRead()!;
    assert(read.ownerDied);
    read.release();
    words[2] = NOBODY | 1 << 31;
    read = await lock.acquireRead();
    assert(read.ownerDied);
    read.release();
    let write = lock.acquireWriteSync();
    assert(write.ownerDied);
    write.release();
    write = lock.acquireWriteSync();
    assert(write.ownerDied);
    write.markConsistent();
    write.release();
    assertThrows(() => write.markConsistent(), Error, "released");
    assertFalse(lock.acquireReadSync().ownerDied);
    lock.close();
  },
);

test("RwLock keeps nothing of waits that were given up", {}, async (t) => {
  const shared = memory(t);
  const [holder, words] = lockOver(shared.buffer);
  const [lock] = lockOver(again(t, shared).buffer);
  const controller = new AbortController();
  const { signal } = controller;
  for (const way of ["acquireRead", "acquireWrite"] as const) {
    const write = await holder.acquireWrite();
    const aborted = AbortSignal.abort("before");
    assertEquals(await reasonOf(lock[way]({ signal: aborted })), "before");
    await assertRejects(() => lock[way]({ timeout: 5 }), TimedOut);
    assertThrows(() => lock[`${way}Sync`]({ timeout: 5 }), Error);
    assertEquals(holders(words).length, 1);
    write.release();
  }
  const read = holder.acquireReadSync();
  const write = reasonOf(lock.acquireWrite({ signal }));
  await sleep(5);
  const reads = [1, 2].map(() => reasonOf(lock.acquireRead({ signal })));
  await sleep(5);
  controller.abort("meanwhile");
  assertEquals(await write, "meanwhile");
  assertEquals(await Promise.all(reads), ["meanwhile", "meanwhile"]);
  assertEquals(holders(words).length, 1);
  read.release();
  assertEquals(holders(words), []);
});

test(
  "RwLock.close() releases readers, and leaves a writer as a dead one",
  {},
  async (t) => {
    const shared = memory(t);
    const [other, words] = lockOver(shared.buffer);
    const [reader] = lockOver(again(t, shared).buffer);
    const read = reader.acquireReadSync();
    const pending = reasonOf(reader.acquireWrite());
    await sleep(5);
    reader.close();
    reader.close();
    read.release();
    assertInstanceOf(await pending, BadResource);
    assertEquals(holders(words), []);
    const [writer] = lockOver(again(t, shared).buffer);
    const write = writer.acquireWriteSync();
    const waiting = other.acquireRead();
    writer.close();
    write.release();
    assert((await waiting).ownerDied);
    for (
      const use of [
        () => writer.tryAcquireRead(),
        () => writer.tryAcquireWrite(),
        () => writer.acquireReadSync(),
        () => writer.acquireWriteSync(),
        () => write.markConsistent(),
      ]
    ) assertThrows(use, BadResource, "it is closed");
    await assertRejects(() => writer.acquireRead(), BadResource);
    await assertRejects(() => writer.acquireWrite(), BadResource);
  },
);

test("RwLock throws when its memory is closed", {}, async (t) => {
  const shared = memory(t);
  const [lock] = lockOver(shared.buffer);
  const [other] = lockOver(shared.buffer);
  const read = lock.acquireReadSync();
  const waits = [
    reasonOf(lock.acquireWrite()),
    reasonOf(other.acquireRead()),
    reasonOf(other.acquireWrite()),
  ];
  await sleep(5);
  shared.close();
  for (const reason of await Promise.all(waits)) {
    assertInstanceOf(reason, BadResource);
  }
  assertThrows(() => read.release(), BadResource, "its memory is closed");
  assertThrows(() => lock.tryAcquireRead(), BadResource);
  lock.close();
  other.close();
  read.release();
});

test(
  "RwLock lets a reader wait for a place when there is none",
  {},
  async (t) => {
    const shared = memory(t);
    const locks = Array.from({ length: 57 }, () => new RwLock(shared.buffer));
    const last = locks.pop()!;
    const reads = locks.map((lock) => lock.acquireReadSync());
    assertEquals(last.tryAcquireRead(), undefined);
    assertThrows(() => last.acquireReadSync({ timeout: 10 }), TimedOut);
    const waiting = last.acquireRead();
    await sleep(10);
    reads[30]!.release();
    (await waiting).release();
  },
);

test("openRwLock() opens what it created", {}, (t) => {
  const name = t.name();
  using first = openRwLock(name, { create: true });
  using second = openRwLock(name, { create: true });
  assertEquals([first.created, second.created], [true, false]);
  assertEquals(second.name, name);
  using _lock = first.acquireWriteSync();
  assertEquals(second.tryAcquireRead(), undefined);
  second.unlink();
  assertThrows(() => openRwLock(name), Deno.errors.NotFound);
});

test(
  "RwLock grants readers that wait their slots before a writer leaves",
  {},
  async (t) => {
    const shared = memory(t);
    const [writer, words] = lockOver(shared.buffer);
    const [reader] = lockOver(again(t, shared).buffer);
    const write = writer.acquireWriteSync();
    const waiting = reader.acquireRead();
    await sleep(5);
    assertEquals(words[8]! >>> 30, 1, "it waits");
    write.release();
    assertEquals(words[8]! >>> 30, 0, "it reads, although it sleeps");
    assertEquals(writer.tryAcquireWrite(), undefined);
    (await waiting).release();
  },
);

test(
  "RwLock is left alone by a writer that gave up on a reader",
  {},
  async (t) => {
    const [lock, words] = lockOver(memory(t).buffer);
    // The first process reads, and lives.
    words.set([1], 8);
    words[4] = 1;
    assertEquals(lock.tryAcquireWrite(), undefined);
    assertEquals(words[2], 0);
    assertThrows(() => lock.acquireWriteSync({ timeout: 5 }), TimedOut);
    assertEquals(words[2], 0);
    await assertRejects(() => lock.acquireWrite({ timeout: 5 }), TimedOut);
    assertEquals(words[2], 0);
    lock.acquireReadSync().release();
  },
);
