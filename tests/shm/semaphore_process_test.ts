/** Semaphores between processes and threads. */

import { openSemaphore, openSharedMemory } from "@ipc/shm";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Conversation, denoPeer, output } from "../_util/child.ts";
import { count } from "../_util/count.ts";
import { test, type TestScope } from "../_util/test.ts";
import { sleep } from "../_util/wait.ts";

const { TimedOut } = Deno.errors;

const PROCESSES = 4;
const TIMES = 1_000_000;

/** Lets processes count together, and returns what came out. */
async function countTogether(
  t: TestScope,
  way: "lock" | "atomics",
): Promise<number> {
  const [memoryName, semaphoreName] = [t.name(), t.name()];
  using memory = openSharedMemory(memoryName, { create: true, size: 4 });
  using semaphore = openSemaphore(semaphoreName, { create: true, value: 1 });
  const args = [way, memoryName, semaphoreName, `${TIMES}`];
  await Promise.all(
    Array.from(
      { length: PROCESSES },
      () => output(denoPeer("increment.ts", args)),
    ),
  );
  assertEquals(count(semaphore), 1);
  return new Int32Array(memory.buffer)[0]!;
}

test(
  "Semaphore.acquireSync() lets in one at a time when 4 processes add 1,000,000 each",
  {
    needs: ["run"],
    deadline: 60_000,
  },
  async (t) => {
    assertEquals(await countTogether(t, "lock"), PROCESSES * TIMES);
  },
);

test(
  "SharedMemory.buffer is atomic when 4 processes Atomics.add 1,000,000 each",
  {
    needs: ["run"],
    deadline: 60_000,
  },
  async (t) => {
    assertEquals(await countTogether(t, "atomics"), PROCESSES * TIMES);
  },
);

test("Semaphore stays taken when its holder is killed", {
  needs: ["run"],
}, async (t) => {
  const name = t.name();
  using semaphore = openSemaphore(name, { create: true, value: 1 });
  const holder = Conversation.withDeno("hold.ts", [name]);
  assertEquals(await holder.hear(), "held");
  assertEquals(semaphore.tryAcquire(), undefined);
  holder.kill();
  assertEquals((await holder.end()).signal, "SIGKILL");
  assertEquals(semaphore.tryAcquire(), undefined);
  assertThrows(() => semaphore.acquireSync({ timeout: 30 }), TimedOut);
  await assertRejects(() => semaphore.acquire({ timeout: 30 }), TimedOut);
  // Who knows of the death gives it back in the holder's place.
  semaphore.release();
  semaphore.acquireSync({ timeout: 0 });
});

for (const async of [false, true]) {
  const method = async ? "acquire" : "acquireSync";
  test(`Semaphore.${method}() wakes in a worker when this thread releases`, {
    needs: ["read"],
  }, async (t) => {
    const name = t.name();
    using semaphore = openSemaphore(name, { create: true });
    const url = new URL("../_peers/semaphore_worker.ts", import.meta.url);
    const worker = new Worker(url, { type: "module" });
    const done = new Promise((resolve) => worker.onmessage = resolve);
    worker.postMessage({ name, give: 3, async });
    semaphore.release();
    await done;
    assertEquals(count(semaphore), 3);
    worker.terminate();
  });
}

test("Semaphore.acquire() wakes when a worker releases", {
  needs: ["read"],
}, async (t) => {
  const name = t.name();
  using semaphore = openSemaphore(name, { create: true });
  const url = new URL("../_peers/releaser.ts", import.meta.url);
  const worker = new Worker(url, { type: "module" });
  worker.postMessage([name]);
  const done = new Promise((resolve) => worker.onmessage = resolve);
  worker.postMessage(10);
  for (let i = 0; i < 10; i++) await semaphore.acquire();
  await done;
  assertEquals(count(semaphore), 0);
  worker.terminate();
});

test(
  "Semaphore.acquire() harms nothing when its worker is terminated meanwhile",
  {
    needs: ["read"],
  },
  async (t) => {
    const name = t.name();
    using semaphore = openSemaphore(name, { create: true });
    const url = new URL("../_peers/semaphore_worker.ts", import.meta.url);
    const worker = new Worker(url, { type: "module" });
    worker.postMessage({ name, give: 0, async: true });
    await sleep(150);
    worker.terminate();
    await sleep(100);
    semaphore.release();
    semaphore.acquireSync({ timeout: 1000 });
    assertEquals(count(semaphore), 0);
  },
);
