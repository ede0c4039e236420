/** A mutex between processes and threads, and the deaths of its holders. */

import { Mutex, openMutex } from "@ipc/lock";
import { assert, assertEquals, assertFalse } from "@std/assert";
import { compileC, Conversation, withoutProgram } from "../_util/child.ts";
import { test, type TestScope } from "../_util/test.ts";
import { sleep } from "../_util/wait.ts";
import { memory } from "./_memory.ts";

const noC = withoutProgram("cc");
const AT = 72;
const needs = ["run", "write", "read"] as const;

/** The C program, compiled once for each test. */
const programs = new WeakMap<TestScope, Promise<string>>();

function compiled(t: TestScope): Promise<string> {
  const program = programs.get(t) ?? compileC("lock_peer.c", t.folder());
  programs.set(t, program);
  return program;
}

/** A process on the other side, in one of the languages. */
async function peer(
  t: TestScope,
  language: string,
  name: string,
): Promise<Conversation> {
  const args = [name, `${AT}`];
  if (language === "Deno") {
    const peer = Conversation.withDeno("lock_peer.ts", args);
    assertEquals(await peer.hear(), "ok");
    return peer;
  }
  const peer = new Conversation(await compiled(t), args);
  assertEquals(await peer.hear(), "ok");
  return peer;
}

for (const language of ["C", "Deno"]) {
  const ignore = language === "C" && noC;

  test(
    `Mutex excludes a process in ${language}`,
    { needs, ignore },
    async (t) => {
      const shared = memory(t);
      using mutex = new Mutex(shared.buffer, AT);
      const other = await peer(t, language, shared.name!);
      const lock = mutex.acquireSync();
      assertEquals(await other.ask("lock 30"), "ETIMEDOUT");
      await other.say("lock -1");
      await sleep(60);
      lock.release();
      assertEquals(await other.hear(), "ok");
      assertEquals(await other.ask("lock 5"), "EDEADLK");
      assertEquals(mutex.tryAcquire(), undefined);
      const waiting = mutex.acquire();
      assertEquals(await other.ask("unlock"), "ok");
      (await waiting).release();
      assertEquals(await other.ask("unlock"), "EPERM");
      await other.end();
    },
  );

  test(`Mutex loses no addition with a process in ${language}`, {
    needs,
    ignore,
  }, async (t) => {
    const shared = memory(t);
    using mutex = new Mutex(shared.buffer, AT);
    const other = await peer(t, language, shared.name!);
    const sum = new BigUint64Array(shared.buffer, AT + 16, 1);
    await other.say("add 100000");
    for (let i = 0; i < 100_000; i++) {
      using _lock = mutex.acquireSync();
      sum[0]!++;
    }
    await other.say("add 1000");
    for (let i = 0; i < 100; i++) {
      using _lock = await mutex.acquire();
      sum[0]!++;
    }
    assertEquals([await other.hear(), await other.hear()], ["ok", "ok"]);
    assertEquals(sum[0], 201_100n);
    await other.end();
  });

  test(`Mutex tells that its holder in ${language} was killed`, {
    needs,
    ignore,
  }, async (t) => {
    const shared = memory(t);
    using mutex = new Mutex(shared.buffer, AT);
    for (const way of ["sync", "async", "try"] as const) {
      const other = await peer(t, language, shared.name!);
      assertEquals(await other.ask("lock -1"), "ok");
      assertEquals(mutex.tryAcquire(), undefined);
      const waiting = way === "async" ? mutex.acquire() : undefined;
      other.kill();
      // The sync wait begins while the process is a zombie at best.
      const lock = way === "sync" ? mutex.acquireSync() : await waiting;
      if (lock === undefined) assertEquals((await other.end()).code, 137);
      const held = lock ?? mutex.tryAcquire()!;
      assert(held.ownerDied);
      held.markConsistent();
      held.release();
      await other.end();
    }
    assertFalse(mutex.acquireSync().ownerDied);
    mutex.release();
  });

  test(`Mutex tells a process in ${language} that Deno was killed`, {
    needs,
    ignore,
  }, async (t) => {
    const shared = memory(t);
    const deno = await peer(t, "Deno", shared.name!);
    const other = await peer(t, language, shared.name!);
    assertEquals(await deno.ask("lock -1"), "ok");
    assertEquals(await other.ask("lock 0").then((s) => s.slice(0, 1)), "E");
    await other.say("lock -1");
    deno.kill();
    assertEquals(await other.hear(), "EOWNERDEAD");
    assertEquals(await other.ask("unlock"), "ok");
    assertEquals(await other.ask("lock -1"), "EOWNERDEAD");
    assertEquals(await other.ask("consistent"), "ok");
    assertEquals(await other.ask("unlock"), "ok");
    assertEquals(await other.ask("lock -1"), "ok");
    await other.end();
    await deno.end();
    using mutex = new Mutex(shared.buffer, AT);
    assert(mutex.acquireSync().ownerDied, "it ended without a release");
  });
}

test("Mutex is whole after 40 holders were killed at random", {
  needs,
  ignore: noC,
  deadline: 20_000,
}, async (t) => {
  const shared = memory(t);
  using mutex = new Mutex(shared.buffer, AT);
  const numbers = new Float64Array(shared.buffer, AT + 16, 2);
  const isDeno = (i: number) => i % 10 === 0;
  let deaths = 0;
  for (let i = 0; i < 40; i++) {
    const other = await peer(t, isDeno(i) ? "Deno" : "C", shared.name!);
    await other.say("hammer");
    const end = performance.now() + 1 + i % 7;
    const check = (lock: ReturnType<Mutex["acquireSync"]>) => {
      if (lock.ownerDied) {
        deaths++;
        assert(numbers[0]! - numbers[1]! <= 1);
        numbers[1] = numbers[0]!;
        lock.markConsistent();
      }
      assertEquals(numbers[0], numbers[1]);
      numbers[0]!++;
      numbers[1]!++;
      lock.release();
    };
    do check(mutex.acquireSync()); while (performance.now() < end);
    other.kill();
    check(i % 2 ? mutex.acquireSync() : await mutex.acquire());
    assertEquals((await other.end()).signal, "SIGKILL");
  }
  assert(deaths > 0, "of those that do nothing but lock, some die locked");
});

test("Mutex is free when a worker that holds it is terminated", {
  needs: ["read"],
}, async (t) => {
  // What a terminated worker has mapped stays mapped.
  using mutex = openMutex(null);
  const { name } = mutex;
  t.defer(() => mutex.unlink());
  const url = new URL("../_peers/lock_worker.ts", import.meta.url);
  for (const way of ["sync", "async"]) {
    const worker = new Worker(url, { type: "module" });
    const held = new Promise((resolve) => worker.onmessage = resolve);
    worker.postMessage({ name });
    await held;
    assertEquals(mutex.tryAcquire(), undefined);
    worker.terminate();
    const lock = way === "sync" ? mutex.acquireSync() : await mutex.acquire();
    assert(lock.ownerDied);
    lock.markConsistent();
    lock.release();
  }
});

test(
  "Mutex stands in a SharedArrayBuffer between workers",
  { needs: ["read"] },
  async () => {
    const buffer = new SharedArrayBuffer(16);
    using mutex = new Mutex(buffer);
    const url = new URL("../_peers/lock_worker.ts", import.meta.url);
    const worker = new Worker(url, { type: "module" });
    const held = new Promise((resolve) => worker.onmessage = resolve);
    worker.postMessage({ buffer });
    await held;
    assertEquals(mutex.tryAcquire(), undefined);
    worker.terminate();
    assert((await mutex.acquire()).ownerDied);
  },
);
