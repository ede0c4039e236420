/** A condition. */

import { Condition, Mutex } from "@ipc/lock";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { compileC, Conversation, withoutProgram } from "../_util/child.ts";
import { test, type TestScope } from "../_util/test.ts";
import { reasonOf, sleep } from "../_util/wait.ts";
import { again, memory, NOBODY } from "./_memory.ts";

const { BadResource, TimedOut } = Deno.errors;

/** A mutex, a condition behind it, and the words of both. */
function pair(buffer: ArrayBufferLike): [Mutex, Condition, Int32Array] {
  return [
    new Mutex(buffer),
    new Condition(buffer, 16),
    new Int32Array(buffer, 0, 10),
  ];
}

/** Tasks that wait, and how many of them have gone on. */
interface Waiters {
  woken: number;
  readonly all: Promise<unknown>;
}

/** Starts tasks, and returns when they wait. */
async function waiters(
  [mutex, condition]: [Mutex, Condition, ...unknown[]],
  count: number,
): Promise<Waiters> {
  let waiting = 0;
  const tasks = Array.from({ length: count }, async () => {
    using lock = await mutex.acquire();
    const wait = condition.wait(lock);
    waiting++;
    await wait;
    assert(mutex.held);
    state.woken++;
  });
  const state = { woken: 0, all: Promise.all(tasks) };
  while (waiting < count) await sleep(1);
  return state;
}

test(
  "Condition.wait() releases the mutex, and holds it again",
  {},
  async (t) => {
    const [mutex, condition] = pair(memory(t).buffer);
    const lock = mutex.acquireSync();
    const wait = condition.wait(lock);
    assert(!mutex.held);
    {
      using _other = await mutex.acquire();
      condition.notifyOne();
      await sleep(20);
    }
    await wait;
    assert(mutex.held);
    lock.release();
    assert(!mutex.held);
  },
);

test("Condition.notifyOne() wakes one, and notifyAll() all", {}, async (t) => {
  const shared = memory(t);
  const [mutex, condition] = pair(shared.buffer);
  const tasks = await waiters([mutex, condition], 5);
  condition.notifyOne();
  while (tasks.woken === 0) await sleep(1);
  condition.notifyOne();
  condition.notifyOne();
  while (tasks.woken < 3) await sleep(1);
  await sleep(100);
  assertEquals(tasks.woken, 3);
  condition.notifyAll();
  await tasks.all;
  // There is nobody left, and nothing to be kept.
  condition.notifyOne();
  condition.notifyAll();
  const late = await waiters([mutex, condition], 1);
  await sleep(50);
  assertEquals(late.woken, 0);
  condition.notifyAll();
  await late.all;
});

test("Condition wakes those that wait by another object", {}, async (t) => {
  const shared = memory(t);
  const objects = [1, 2, 3].map(() => pair(again(t, shared).buffer));
  const tasks = await Promise.all(objects.map((object) => waiters(object, 2)));
  pair(shared.buffer)[1].notifyAll();
  await Promise.all(tasks.map(({ all }) => all));
});

test("Condition.wait() holds the lock again when it fails", {}, async (t) => {
  const [mutex, condition, words] = pair(memory(t).buffer);
  const lock = mutex.acquireSync();
  const start = performance.now();
  await assertRejects(() => condition.wait(lock, { timeout: 30 }), TimedOut);
  assertThrows(() => condition.waitSync(lock, { timeout: 30 }), TimedOut, "30");
  assert(performance.now() - start >= 59);
  assertThrows(() => condition.waitSync(lock, { timeout: 0 }), TimedOut);
  assert(mutex.held);
  const controller = new AbortController();
  const { signal } = controller;
  setTimeout(() => controller.abort("enough"), 5);
  assertEquals(await reasonOf(condition.wait(lock, { signal })), "enough");
  assertEquals(await reasonOf(condition.wait(lock, { signal })), "enough");
  assert(mutex.held);
  // Somebody took it meanwhile, and died.
  const wait = condition.wait(lock);
  words[2] = NOBODY;
  condition.notifyOne();
  await wait;
  assert(lock.ownerDied);
  lock.markConsistent();
  lock.release();
});

test("Condition passes on what a wait was told that gave up", {}, async (t) => {
  const shared = memory(t);
  const [mutex, condition] = pair(shared.buffer);
  const other = pair(again(t, shared).buffer);
  for (let i = 0; i < 20; i++) {
    const controller = new AbortController();
    const lock = mutex.acquireSync();
    const { signal } = controller;
    const first = condition.wait(lock, { signal }).catch(() => {});
    const second = await waiters(other, 1);
    await sleep(i % 4);
    condition.notifyOne();
    controller.abort();
    await first;
    lock.release();
    await second.all;
  }
});

test("Condition.wait() needs a lock that is held", {}, async (t) => {
  const [mutex, condition] = pair(memory(t).buffer);
  const lock = mutex.acquireSync();
  lock.release();
  assertThrows(() => condition.waitSync(lock), Error, "released");
  await assertRejects(() => condition.wait(lock), Error, "released");
  assertThrows(() => condition.waitSync({} as never), TypeError, "Cannot wait");
  mutex.close();
  assertThrows(() => condition.waitSync(lock), BadResource);
});

test("Condition.close() rejects the waits", {}, async (t) => {
  const shared = memory(t);
  const [mutex, condition] = pair(shared.buffer);
  const lock = mutex.acquireSync();
  const wait = reasonOf(condition.wait(lock));
  await sleep(5);
  condition.close();
  condition.close();
  assertInstanceOf(await wait, BadResource);
  assert(mutex.held);
  for (
    const use of [
      () => condition.notifyOne(),
      () => condition.notifyAll(),
      () => condition.waitSync(lock),
    ]
  ) assertThrows(use, BadResource, "it is closed");
  const other = new Condition(shared.buffer, 16);
  const gone = reasonOf(other.wait(lock));
  await sleep(5);
  shared.close();
  assertInstanceOf(await gone, BadResource);
  assertThrows(() => other.notifyOne(), BadResource, "its memory is closed");
});

test("Condition is refused where a mutex is", {}, (t) => {
  const { buffer } = memory(t);
  new Mutex(buffer).close();
  assertThrows(() => new Condition(buffer), TypeError, "something else");
  assertThrows(() => new Condition(buffer, 20), RangeError);
});

/** A number that processes pass to and fro through a mutex and a condition. */
async function passOn(
  t: TestScope,
  way: string,
  program?: string,
): Promise<void> {
  const shared = memory(t);
  const [mutex, condition] = pair(shared.buffer);
  const { name } = shared;
  const peer = program === undefined
    ? Conversation.withDeno("condition_peer.ts", [name!, way])
    : new Conversation(program, [name!, way === "sync" ? "one" : "all"]);
  assertEquals(await peer.hear(), "ok");
  const turn = new Int32Array(shared.buffer, 64, 1);
  for (let i = 0; i < 300; i++) {
    using lock = mutex.acquireSync();
    turn[0]!++;
    condition.notifyOne();
    while (turn[0]! % 2 === 1) {
      if (way === "sync") condition.waitSync(lock, { timeout: 5000 });
      else await condition.wait(lock, { timeout: 5000 });
    }
  }
  assertEquals(turn[0], 600);
  peer.kill();
  await peer.end();
  // The dead waiter's place is nobody's trouble.
  const tasks = await waiters([mutex, condition], 1);
  condition.notifyOne();
  await tasks.all;
}

for (const way of ["sync", "async"]) {
  test(`Condition loses no notification between processes, ${way}`, {
    needs: ["run"],
  }, async (t) => {
    await passOn(t, way);
  });

  test(`Condition loses no notification to and from C, ${way}`, {
    needs: ["run", "write", "read"],
    ignore: withoutProgram("cc"),
  }, async (t) => {
    await passOn(t, way, await compileC("condition_peer.c", t.folder()));
  });
}
