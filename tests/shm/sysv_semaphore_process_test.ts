/** System V semaphores between processes, some of which are killed. */

import { openSysvSemaphore, openSysvSharedMemory } from "@ipc/shm";
import { assert, assertEquals, assertLess } from "@std/assert";
import { Conversation, denoPeer, outcome, output } from "../_util/child.ts";
import { emulated } from "../_util/emulation.ts";
import { DEADLINE_FACTOR, notLinux, test } from "../_util/test.ts";
import { sleep } from "../_util/wait.ts";
import { freeKey, newMemory, newSemaphore } from "./_sysv.ts";

const needs = ["run"] as const;
const peer = "sysv_shm_peer.ts";

for (const verb of ["take", "take_async"]) {
  test(
    `SysvSemaphore with undo is given back when the process is killed (${verb})`,
    // Where threads cannot be interrupted, async waits are naps.
    { needs, ignore: verb === "take_async" && emulated() },
    async (t) => {
      const semaphore = newSemaphore(t, {
        value: verb === "take" ? 1 : 0,
      });
      const child = Conversation.withDeno(peer, [verb, `${semaphore.id}`]);
      if (verb === "take_async") {
        assertEquals(await child.hear(), "waiting");
        while (!notLinux && semaphore.waitingForNonzero() === 0) await sleep(1);
        semaphore.release();
      }
      assertEquals(await child.hear(), "taken");
      assertEquals([semaphore.value, semaphore.lastPid()], [0, child.pid]);
      const waiting = semaphore.acquire(1, { timeout: 5000 });
      await sleep(5);
      child.kill();
      await waiting;
      await child.end();
      assertEquals(semaphore.value, 0);
    },
  );
}

test(
  "SysvSemaphore without undo is not given back when the process is killed",
  {
    needs,
  },
  async (t) => {
    const semaphore = newSemaphore(t, { value: 1 });
    const child = Conversation.withDeno(peer, [
      "take_plain",
      `${semaphore.id}`,
    ]);
    assertEquals(await child.hear(), "taken");
    child.kill();
    await child.end();
    assertEquals(semaphore.value, 0);
  },
);

test("SysvSemaphore with undo belongs to the process, not to the thread", {
  needs: ["read", "run"],
}, async (t) => {
  const semaphore = newSemaphore(t, { value: 1 });
  const url = new URL("../_peers/sysv_releaser.ts", import.meta.url);
  const worker = new Worker(url, { type: "module" });
  const done = new Promise((resolve) => worker.onmessage = resolve);
  worker.postMessage([semaphore.id]);
  worker.postMessage("take");
  await done;
  worker.terminate();
  await sleep(50);
  assertEquals(semaphore.value, 0);
  // Another thread of the process takes back what is to be undone.
  semaphore.release(1, { undo: true });
  assertEquals(semaphore.value, 1);
});

test("SysvSemaphore guards what several processes change", {
  needs,
  deadline: 20_000,
}, async (t) => {
  const semaphore = newSemaphore(t, { value: 1 });
  const memory = newMemory(t, { size: 8 });
  const args = ["add", `${semaphore.id}`, `${memory.id}`, "2000"];
  await Promise.all([1, 2, 3].map(() => output(denoPeer(peer, args))));
  assertEquals(new Float64Array(memory.buffer)[0], 6000);
  assertEquals(semaphore.value, 1);
});

test(
  "openSysvSemaphore() gives its value once when many processes create it at a time",
  { needs, deadline: 30_000 },
  async (t) => {
    const key = freeKey(t);
    const peers = Array.from(
      { length: 12 },
      () => output(denoPeer(peer, ["race", `${key}`, "200"])),
    );
    const created = await Promise.all(peers);
    assertEquals(created.filter((text) => text === "true").length, 1);
    using semaphore = openSysvSemaphore(key);
    using memory = openSysvSharedMemory(key);
    assertEquals(semaphore.value, 1);
    assertEquals(new Float64Array(memory.buffer)[0], 12 * 200);
  },
);

test(
  "SysvSemaphore.acquire() lets the process end when nothing but aborted waits is left",
  { needs },
  async (t) => {
    const semaphore = newSemaphore(t);
    const time = Number(
      await output(denoPeer(peer, ["give_up", `${semaphore.id}`])),
    );
    assertLess(time, 200 * DEADLINE_FACTOR);
    assertEquals(semaphore.value, 0);
  },
);

test("SysvSemaphore.acquire() lets Deno.exit() end the process", {
  needs,
}, async (t) => {
  const semaphore = newSemaphore(t);
  const { code } = await outcome(denoPeer(peer, ["exit", `${semaphore.id}`]));
  assertEquals(code, 7);
  if (!notLinux) assertEquals(semaphore.waitingForNonzero(), 0);
  semaphore.release();
  assert(semaphore.tryAcquire() !== undefined);
});
