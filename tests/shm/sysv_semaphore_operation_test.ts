/** What System V semaphores do when nobody has to wait, and what they tell. */

import { SysvSemaphoreLock } from "@ipc/shm";
import type { SysvOperation } from "@ipc/shm";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { denoPeer, output, withoutProgram } from "../_util/child.ts";
import { assertOsError } from "../_util/error.ts";
import { emulated } from "../_util/emulation.ts";
import { isOrdinaryUser } from "../_util/sysv.ts";
import { notLinux, test } from "../_util/test.ts";
import { sleep } from "../_util/wait.ts";
import { newSemaphore } from "./_sysv.ts";

const { WouldBlock } = Deno.errors;

test(
  "SysvSemaphore.acquire() and release() change by any amount",
  {},
  async (t) => {
    const semaphore = newSemaphore(t, { value: 10 });
    const lock = await semaphore.acquire(4);
    assertInstanceOf(lock, SysvSemaphoreLock);
    assertEquals([lock.delta, semaphore.value], [4, 6]);
    assertEquals(semaphore.tryAcquire(7), undefined);
    assertEquals(semaphore.value, 6);
    semaphore.acquireSync(6);
    assertEquals(semaphore.tryWaitForZero(), true);
    semaphore.release(32_767);
    assertEquals(semaphore.value, 32_767);
  },
);

test("SysvSemaphoreLock gives back what was taken, once", {}, (t) => {
  const set = newSemaphore(t, { value: [0, 5] });
  {
    using lock = set.acquireSync(3, { index: 1 });
    assertEquals(set.values(), [0, 2]);
    lock.release();
    assertEquals(set.values(), [0, 5]);
  }
  assertEquals(set.values(), [0, 5]);
});

test(
  "SysvSemaphore throws when an amount or an index is wrong",
  {},
  async (t) => {
    const set = newSemaphore(t, { nsems: 2, value: 5 });
    for (const delta of [0, -1, 32_768, 1.5, NaN]) {
      assertThrows(() => set.acquireSync(delta), RangeError, "delta");
      assertThrows(() => set.tryAcquire(delta), RangeError, "delta");
      assertThrows(() => set.release(delta), RangeError, "delta");
      await assertRejects(() => set.acquire(delta), RangeError, "delta");
    }
    for (const index of [2, -1, 0.5, NaN]) {
      assertThrows(() => set.acquireSync(1, { index }), RangeError, "index");
      assertThrows(() => set.release(1, { index }), RangeError, "index");
      assertThrows(() => set.waitForZeroSync({ index }), RangeError, "index");
      assertThrows(() => set.setValue(1, index), RangeError, "index");
      assertThrows(() => set.lastPid(index), RangeError, "index");
      assertThrows(() => set.trySemop([{ delta: 1, index }]), RangeError);
    }
    assertThrows(() => set.semopSync([]), TypeError, "array");
    assertThrows(
      () => set.semopSync("1" as unknown as SysvOperation[]),
      TypeError,
      "array",
    );
    assertThrows(() => set.semopSync([{ delta: 40_000 }]), RangeError);
    assertEquals(set.values(), [5, 5]);
  },
);

test(
  "SysvSemaphore.release() throws ERANGE above the limit, and names it",
  {},
  (t) => {
    const semaphore = newSemaphore(t, { value: 32_766 });
    semaphore.release();
    const error = assertOsError(
      () => semaphore.release(),
      Error,
      "ERANGE",
      "semop",
    );
    assert(/32767 \(SEMVMX\).*it has 32767/.test(error.message), error.message);
    assertEquals(semaphore.value, 32_767);
  },
);

test("SysvSemaphore.setValue() and setAll() set what is asked", {}, (t) => {
  const set = newSemaphore(t, { nsems: 3 });
  set.setValue(9);
  set.setValue(32_767, 2);
  assertEquals(set.values(), [9, 0, 32_767]);
  set.setAll([1, 2, 3]);
  assertEquals(set.values(), [1, 2, 3]);
  for (const value of [-1, 32_768, 0.5, NaN]) {
    assertThrows(() => set.setValue(value), RangeError, "value");
    assertThrows(() => set.setAll([1, value, 2]), RangeError, "value");
  }
  assertThrows(() => set.setAll([1, 2]), RangeError, "3 semaphores");
  assertEquals(set.values(), [1, 2, 3]);
});

test(
  "SysvSemaphore.semopSync() makes all operations or none",
  {},
  async (t) => {
    const set = newSemaphore(t, { value: [1, 0, 5] });
    const both = [{ index: 0, delta: -1 }, { index: 1, delta: -1 }];
    assertEquals(set.trySemop(both), false);
    assertEquals(set.values(), [1, 0, 5]);
    set.release(1, { index: 1 });
    assertEquals(set.trySemop(both), true);
    assertEquals(set.values(), [0, 0, 5]);
    // Each meets what those before it leave.
    set.semopSync([
      { index: 2, delta: -5 },
      { index: 2, delta: 0 },
      { index: 2, delta: 7 },
      { index: 0, delta: 2 },
    ]);
    assertEquals(set.values(), [2, 0, 7]);
    await set.semop([{ index: 1, delta: 0 }, { delta: -2 }]);
    assertEquals(set.values(), [0, 0, 7]);
  },
);

test(
  "SysvSemaphore.semop() throws WouldBlock for what may not wait",
  {},
  async (t) => {
    const set = newSemaphore(t, { value: [0, 1] });
    const noWait = true;
    for (
      const operations of [
        [{ delta: -1, noWait }],
        [{ index: 1, delta: -1 }, { delta: -1, noWait }],
        [{ index: 1, delta: 0, noWait }, { delta: -1 }],
        [{ index: 1, delta: -1 }, { index: 1, delta: -1, noWait }],
      ]
    ) {
      assertThrows(() => set.semopSync(operations), WouldBlock, "may not wait");
      await assertRejects(() => set.semop(operations), WouldBlock);
      assertEquals(set.trySemop(operations), false);
      assertEquals(set.values(), [0, 1]);
    }
    // The first one that is not possible may wait, so it is waited for.
    const operations = [{ delta: -1 }, { index: 1, delta: -1, noWait }];
    assertThrows(
      () => set.semopSync(operations, { timeout: 5 }),
      Deno.errors.TimedOut,
    );
    for (const sync of [false, true]) {
      const waiting = set.semop(operations, { timeout: 5000 });
      await sleep(sync ? 0 : 5);
      set.release();
      await waiting;
      assertEquals(set.values(), [0, 0]);
      set.setAll([0, 1]);
    }
    // Meanwhile the other one has become impossible.
    const waiting = set.semop(operations, { timeout: 5000 });
    await sleep(5);
    set.semopSync([{ index: 1, delta: -1 }, { delta: 1 }]);
    await assertRejects(() => waiting, WouldBlock);
    assertEquals(set.values(), [1, 0]);
  },
);

test("SysvSemaphore.stat() tells everything when it is new", {
  needs: ["sys"],
}, (t) => {
  const set = newSemaphore(t, { nsems: 2, mode: 0o640 });
  const { lastChangeTime, lastOperationTime, ...rest } = set.stat();
  for (const moment of [lastChangeTime, lastOperationTime]) {
    assert(Math.abs(moment!.getTime() - Date.now()) < 3000);
  }
  const [uid, gid] = [Deno.uid()!, Deno.gid()!];
  assertEquals(rest, {
    key: set.key!,
    id: set.id,
    uid,
    gid,
    cuid: uid,
    cgid: gid,
    mode: 0o640,
    nsems: 2,
  });
});

test("SysvSemaphore tells who was last, and how many wait", {
  needs: ["run"],
  // Where threads cannot be interrupted, waits are naps that nobody counts.
  ignore: notLinux || emulated(),
}, async (t) => {
  const set = newSemaphore(t, { nsems: 2 });
  assertEquals(set.lastPid(), Deno.pid);
  const waits = [
    set.acquire(1, { timeout: 5000 }),
    set.acquire(2, { timeout: 5000 }),
    set.waitForZero({ index: 1, timeout: 5000 }),
  ];
  set.setValue(3, 1);
  const zero = set.waitForZero({ index: 1, timeout: 5000 });
  while (set.waitingForNonzero() + set.waitingForZero(1) < 3) await sleep(1);
  assertEquals([set.waitingForNonzero(1), set.waitingForZero()], [0, 0]);
  const outcomes = JSON.parse(
    await output(
      denoPeer("sysv_shm_attempts.ts", ["-", `sem_release:${set.id}`]),
    ),
  );
  assertEquals(outcomes, ["done"]);
  await waits[0];
  set.release(2);
  set.setValue(0, 1);
  await Promise.all([...waits, zero]);
  assertEquals([set.waitingForNonzero(), set.waitingForZero(1)], [0, 0]);
});

test("SysvSemaphore.stat() agrees with ipcs", {
  needs: ["run"],
  ignore: notLinux || withoutProgram("ipcs"),
}, async (t) => {
  const set = newSemaphore(t, { value: [4, 7], mode: 0o604 });
  set.acquireSync();
  const stat = set.stat();
  const text = await output(
    new Deno.Command("ipcs", {
      args: ["-s", "-i", `${set.id}`],
      env: { LC_ALL: "C", TZ: "UTC" },
    }),
  );
  const value = (name: string) =>
    text.match(new RegExp(`\\b${name} ?= ?(\\w+)`))?.[1];
  assertEquals(value("semid"), `${stat.id}`);
  assertEquals(Number(value("uid")), stat.uid);
  assertEquals(Number(value("gid")), stat.gid);
  assertEquals(Number(value("cuid")), stat.cuid);
  assertEquals(Number(value("cgid")), stat.cgid);
  assertEquals(parseInt(value("mode")!.split(",")[0]!, 8), stat.mode);
  assertEquals(Number(value("nsems")), stat.nsems);
  const moment = (name: string) =>
    new Date(`${text.match(new RegExp(`${name} = (.+)`))![1]!.trim()} UTC`);
  assertEquals(moment("otime"), stat.lastOperationTime);
  assertEquals(moment("ctime"), stat.lastChangeTime);
  const rows = [...text.matchAll(/^(\d+) +(\d+) +(\d+) +(\d+) +(\d+)/gm)];
  assertEquals(
    rows.map(([, ...row]) => row.map(Number)),
    set.values().map((value, index) => [
      index,
      value,
      set.waitingForNonzero(index),
      set.waitingForZero(index),
      set.lastPid(index)!,
    ]),
  );
  const list = await output(new Deno.Command("ipcs", { args: ["-s"] }));
  const hex = (set.key! >>> 0).toString(16).padStart(8, "0");
  const row = new RegExp(`^0x${hex} +${set.id} +\\S+ +604 +2\\b`, "m");
  assert(row.test(list), list);
});

test("SysvSemaphore.set() changes what is asked and nothing else", {
  ignore: notLinux,
}, (t) => {
  const set = newSemaphore(t, { mode: 0o600, value: 3 });
  const known = () => {
    const { uid, gid, mode } = set.stat();
    return { uid, gid, mode };
  };
  let expected = known();
  for (
    const change of [
      { mode: 0o640 },
      { mode: 0o602 },
      { uid: expected.uid },
      { gid: expected.gid },
      {},
    ]
  ) {
    set.set(change);
    expected = { ...expected, ...change };
    assertEquals(known(), expected);
  }
  for (const change of [{ mode: 0o1000 }, { uid: -1 }, { gid: 2 ** 32 - 1 }]) {
    assertThrows(() => set.set(change), RangeError);
  }
  assertEquals(set.value, 3);
});

test("SysvSemaphore throws PermissionDenied for another user", {
  needs: ["run", "sys"],
  ignore: notLinux || isOrdinaryUser() && "needs root",
}, async (t) => {
  const closed = newSemaphore(t, { mode: 0o600, value: 1 });
  const board = newSemaphore(t, { mode: 0o644 });
  const box = newSemaphore(t, { mode: 0o622, value: 1 });
  const attempts = [
    `sem_open:${closed.key}`,
    `sem_look:${closed.key}`,
    `sem_create:${closed.key}`,
    `sem_acquire:${closed.id}`,
    `sem_zero:${closed.id}`,
    `sem_values:${closed.id}`,
    `sem_stat:${closed.id}`,
    `sem_set:${closed.id}`,
    `sem_remove:${closed.id}`,
    `sem_chmod:${closed.id}`,
    `sem_open:${board.key}`,
    `sem_look:${board.key}`,
    `sem_values:${board.id}`,
    `sem_zero:${board.id}`,
    `sem_acquire:${board.id}`,
    `sem_set:${board.id}`,
    `sem_acquire:${box.id}`,
    `sem_release:${box.id}`,
    `sem_values:${box.id}`,
    `sem_zero:${box.id}`,
    `sem_mixed:${box.id}`,
  ];
  const outcomes: string[] = JSON.parse(
    await output(denoPeer("sysv_shm_attempts.ts", ["65534", ...attempts])),
  );
  const access = "PermissionDenied EACCES";
  const owner = "PermissionDenied EPERM";
  const codes = outcomes.map((outcome) =>
    outcome.split(" ").slice(0, 2).join(" ")
  );
  assertEquals(codes, [
    ...Array(8).fill(access),
    owner,
    access,
    access,
    "done",
    "done",
    "done",
    access,
    access,
    "done",
    "done",
    access,
    access,
    access,
  ]);
  assert(/write to false/.test(outcomes[0]!), outcomes[0]);
  assert(/mode.*change values/.test(outcomes[3]!), outcomes[3]);
  assert(/owner/.test(outcomes[8]!), outcomes[8]);
  assertEquals([closed.value, box.value], [1, 1]);
});
