/** The same semaphores and memory of System V as C and Python see them. */

import {
  ftok,
  openSysvSemaphore,
  openSysvSharedMemory,
  SysvSemaphore,
} from "@ipc/shm";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { emulated } from "../_util/emulation.ts";
import { cPeer, pythonPeer } from "../_util/foreign_peer.ts";
import { test } from "../_util/test.ts";
import { sleep } from "../_util/wait.ts";
import { freeKey, newMemory, newSemaphore } from "./_sysv.ts";

const c = cPeer("sysv_shm_peer.c");
const peers = [
  c,
  pythonPeer("sysv_shm_peer.py", "sysv_ipc"),
];

function seconds(moment: Date | null): number {
  return (moment?.getTime() ?? 0) / 1000;
}

/** What is known of semaphores, in the order in which the peers print it. */
function semaphoreLine(semaphore: SysvSemaphore, who: string): string {
  const stat = semaphore.stat();
  return [
    stat.id,
    stat.uid,
    stat.gid,
    stat.cuid,
    stat.cgid,
    stat.mode.toString(8),
    stat.nsems,
    seconds(stat.lastOperationTime),
    who.startsWith("Python") ? "-" : seconds(stat.lastChangeTime),
    semaphore.lastPid() ?? 0,
  ].join(" ");
}

for (const { who, options, prepare } of peers) {
  test(
    `openSysvSemaphore() opens the semaphore that ${who} created`,
    options,
    async (t) => {
      const peer = await prepare(t);
      const key = freeKey(t);
      await peer("sem_create", `${key}`, "640", "3");
      // Nobody has operated on it, but it has its value.
      using semaphore = openSysvSemaphore(key, { create: true, value: 9 });
      assertEquals([semaphore.created, semaphore.value], [false, 3]);
      assertEquals(semaphore.stat().mode, 0o640);
      await peer("sem_remove", `${key}`);
      assertThrows(() => semaphore.tryAcquire(), Deno.errors.NotFound);
    },
  );

  test(
    `openSysvSemaphore() gives ${who} what it waits for: values and sem_otime`,
    options,
    async (t) => {
      const peer = await prepare(t);
      for (const value of [0, 5]) {
        const semaphore = newSemaphore(t, { value });
        assertEquals(await peer("sem_values", `${semaphore.key}`), `${value}`);
      }
    },
  );

  test(
    `SysvSemaphore changes the values that ${who} sees`,
    options,
    async (t) => {
      const peer = await prepare(t);
      const semaphore = newSemaphore(t, { value: 10 });
      const key = `${semaphore.key}`;
      semaphore.acquireSync(3);
      assertEquals(await peer("sem_values", key), "7");
      await peer("sem_change", key, "0", "-5");
      assertEquals(semaphore.value, 2);
      await peer("sem_change", key, "0", "30");
      assertEquals(semaphore.value, 32);
      await peer("sem_setall", key, "4");
      assertEquals(semaphore.value, 4);
      // What it does with SEM_UNDO is undone when it ends.
      await peer("sem_undo", key, "0", "-4");
      assertEquals(semaphore.value, 4);
      // It has undone that last, and so it is the last of whom the system knows.
      assert(semaphore.lastPid() !== Deno.pid);
    },
  );

  test(
    `SysvSemaphore waits for ${who}, and is waited for`,
    options,
    async (t) => {
      const peer = await prepare(t);
      const semaphore = newSemaphore(t, { value: 0 });
      const key = `${semaphore.key}`;
      const waiting = [semaphore.acquire(2), semaphore.acquire()];
      await peer("sem_change", key, "0", "3");
      await Promise.all(waiting);
      const given = peer("sem_change", key, "0", "4");
      semaphore.acquireSync(4, { timeout: 5000 });
      await given;

      const taken = peer("sem_change", key, "0", "-3");
      while (semaphore.waitingForNonzero() === 0) await sleep(1);
      semaphore.release(3);
      await taken;
      semaphore.release(2);
      const zero = peer("sem_wait", key);
      while (semaphore.waitingForZero() === 0) await sleep(1);
      semaphore.acquireSync(2);
      await zero;
    },
  );

  test(
    `SysvSemaphore.stat() and set() agree with ${who}`,
    { ...options, ignore: options.ignore || emulated() },
    async (t) => {
      const peer = await prepare(t);
      const semaphore = newSemaphore(t, { value: 2, mode: 0o644 });
      const key = `${semaphore.key}`;
      semaphore.acquireSync();
      semaphore.set({ mode: 0o640 });
      assertEquals(await peer("sem_stat", key), semaphoreLine(semaphore, who));
      await peer("sem_set", key, "602");
      assertEquals([semaphore.stat().mode, semaphore.value], [0o602, 1]);
      assertEquals(await peer("sem_stat", key), semaphoreLine(semaphore, who));
    },
  );

  test(
    `openSysvSharedMemory() shares bytes with ${who}, both ways`,
    options,
    async (t) => {
      const peer = await prepare(t);
      const key = freeKey(t);
      await peer("shm_create", `${key}`, "604", "5000");
      await peer("shm_write", `${key}`, "4000", "grüße");
      using memory = openSysvSharedMemory(key, { create: true, size: 5000 });
      assertEquals([memory.created, memory.byteLength], [false, 5000]);
      assertEquals(memory.stat().mode, 0o604);
      const p = new Uint8Array(7);
      memory.read(p, 4000);
      assertEquals(new TextDecoder().decode(p), "grüße");
      memory.write(new TextEncoder().encode("zurück"), 17);
      assertEquals(await peer("shm_read", `${key}`, "17", "7"), "zurück");
      await peer("shm_remove", `${key}`);
      assert(memory.stat().removed);
    },
  );

  test(
    `SysvSharedMemory.stat() and set() agree with ${who}`,
    { ...options, ignore: options.ignore || emulated() },
    async (t) => {
      const peer = await prepare(t);
      const memory = newMemory(t, { size: 1000, mode: 0o644 });
      const key = `${memory.key}`;
      memory.set({ mode: 0o640 });
      const told = (await peer("shm_stat", key)).split(" ");
      const stat = memory.stat();
      const expected = [
        stat.id,
        stat.uid,
        stat.gid,
        stat.cuid,
        stat.cgid,
        stat.mode.toString(8),
        stat.size,
        seconds(stat.lastAttachTime),
        seconds(stat.lastDetachTime),
        seconds(stat.lastChangeTime),
        stat.creatorPid,
        stat.lastPid ?? 0,
        stat.attachments,
      ].map(String);
      // Python has it attached itself when it looks.
      const differs = who.startsWith("Python") ? [7, 8, 11, 12] : [];
      for (const [i, word] of expected.entries()) {
        if (!differs.includes(i)) assertEquals(told[i], word, `word ${i}`);
      }
      if (differs.length > 0) assertEquals(told[12], "2");
      await peer("shm_set", key, "602");
      assertEquals(memory.stat().mode, 0o602);
    },
  );

  test(`ftok() of @ipc/shm makes the key that ${who} makes`, {
    ...options,
    needs: ["run", "read", "write"],
  }, async (t) => {
    const peer = await prepare(t);
    const path = `${t.folder()}/file`;
    Deno.writeTextFileSync(path, "");
    assertEquals(await peer("ftok", path, "7"), `${ftok(path, 7)}`);
  });
}

const { options, prepare } = c;

test("SysvSemaphore shares sets with a C program", options, async (t) => {
  const peer = await prepare(t);
  const set = newSemaphore(t, { value: [1, 2, 3] });
  const key = `${set.key}`;
  set.semopSync([{ index: 2, delta: -3 }, { index: 0, delta: 4 }]);
  assertEquals(await peer("sem_values", key), "5 2 0");
  await peer("sem_setall", key, "7", "8", "9");
  assertEquals(set.values(), [7, 8, 9]);
  await peer("sem_change", key, "1", "-8");
  set.waitForZeroSync({ index: 1, timeout: 5000 });
});

test(
  "openSysvSemaphore() waits until a C program has given its semaphore a value",
  { ...options, needs: ["run", "read", "write"], deadline: 20_000 },
  async (t) => {
    const peer = await prepare(t);
    const key = freeKey(t);
    await peer("sem_bare", `${key}`, "2");
    for (const create of [false, true]) {
      const start = performance.now();
      const error = assertThrows(
        () => openSysvSemaphore(key, { create, value: 4, timeout: 30 }),
        Deno.errors.TimedOut,
      );
      assert(performance.now() - start >= 30);
      const { message } = error;
      assert(
        /no values for 30 milliseconds.*may have died/.test(message),
        message,
      );
      assert(/removeSysvSemaphore\(\d+\)/.test(message), message);
      assert(/fromId\(\d+\)\.setAll\(\[0, 0\]\)/.test(message), message);
    }
    const id = Number(
      assertThrows(() => openSysvSemaphore(key, { timeout: 0 })).message
        .match(/fromId\((\d+)\)/)![1],
    );
    // What the message says is right.
    SysvSemaphore.fromId(id).setAll([0, 0]);
    using semaphore = openSysvSemaphore(key, { timeout: 0 });
    assertEquals(semaphore.values(), [0, 0]);
    semaphore.remove();

    // A creator that only takes its time, in a thread of its own.
    await peer("sem_bare", `${key}`, "1");
    const slow = Number(
      assertThrows(() => openSysvSemaphore(key, { timeout: 0 })).message
        .match(/fromId\((\d+)\)/)![1],
    );
    const url = new URL("../_peers/sysv_releaser.ts", import.meta.url);
    const worker = new Worker(url, { type: "module" });
    const done = new Promise((resolve) => worker.onmessage = resolve);
    worker.postMessage([slow]);
    worker.postMessage(3);
    using opened = openSysvSemaphore(key, { timeout: 5000 });
    assert(opened.value > 0);
    await done;
    worker.postMessage("close");
    assertEquals([opened.id, opened.value], [slow, 3]);
    opened.remove();
  },
);
