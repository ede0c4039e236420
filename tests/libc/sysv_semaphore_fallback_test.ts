/** System V semaphores and memory as macOS has them, on Linux. */

import {
  openSysvSharedMemory,
  SysvSemaphore,
  SysvSharedMemory,
} from "@ipc/shm";
import { Attachment } from "../../libc/attachment.ts";
import { IPC_CREAT, IPC_PERM, IPC_PRIVATE } from "../../libc/ipc.ts";
import { decodeSemaphoreData, semGet, SEMID_DS } from "../../libc/sem.ts";
import {
  canSleepOnSemaphores,
  semOperateOffThread,
} from "../../libc/sem_off_thread.ts";
import { decodeSegmentData, SHMID_DS } from "../../libc/shm.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { notLinux, test } from "../_util/test.ts";
import { newMemory, newSemaphore } from "../shm/_sysv.ts";
import { testWaits } from "../shm/_sysv_waits.ts";
import { sleep } from "../_util/wait.ts";
import { without } from "./_without.ts";

testWaits("by a timer", (t) => {
  without(t, "interruptibleCalls", "timedSemop");
});

test(
  "SysvSemaphore.acquireSync() waits by an alarm when there is no semtimedop",
  {
    ignore: notLinux,
  },
  (t) => {
    without(t, "timedSemop");
    const semaphore = newSemaphore(t, { wait: "block" });
    for (const timeout of [0, 1, 20]) {
      const start = performance.now();
      assertThrows(
        () => semaphore.acquireSync(1, { timeout }),
        Deno.errors.TimedOut,
      );
      assert(performance.now() - start >= timeout);
    }
    assertEquals(semaphore.value, 0);
  },
);

test("openSysvSharedMemory() throws NotSupported for what macOS has not", {
  ignore: notLinux,
}, (t) => {
  const memory = newMemory(t);
  without(t, "segmentFlags");
  for (const options of [{ hugePages: true }, { noReserve: true }]) {
    assertThrows(
      () => openSysvSharedMemory(null, { size: 10, ...options }),
      Deno.errors.NotSupported,
      "Linux",
    );
  }
  assertThrows(
    () => memory.set({ locked: true }),
    Deno.errors.NotSupported,
    "macOS",
  );
  memory.set({ mode: 0o640 });
});

/** Emulators do not show what the threads of their programs sleep in. */
const cannotInterrupt = notLinux ||
  Deno.permissions.querySync({ name: "ffi" }).state === "granted" &&
    !canSleepOnSemaphores() && "needs to see what its threads sleep in";

test("semOperateOffThread() takes, or is interrupted and takes nothing", {
  ignore: cannotInterrupt,
}, async (t) => {
  const semaphore = newSemaphore(t);
  const take = Int16Array.of(0, -1, 0);
  for (let i = 0; i < 20; i++) {
    const interrupted = semOperateOffThread(semaphore.id, take)!;
    if (i % 2 === 0) await sleep(2);
    interrupted.interrupt();
    assertEquals(await interrupted.result, -1);
    semaphore.release();
    assertEquals(await semOperateOffThread(semaphore.id, take)!.result, 0);
    assertEquals(semaphore.value, 0);
  }
});

test(
  "openSysvSemaphore() does not wait for values longer than it may",
  {},
  (t) => {
    const flags = IPC_CREAT | 0o600;
    const id = semGet(IPC_PRIVATE, 1, flags, "create", () => undefined);
    // What a creator leaves that is killed before it gives values. Those who
    // have the id can repair it, and it is not theirs to wait.
    const bare = SysvSemaphore.fromId(id);
    t.defer(() => bare.remove());
    assertEquals(bare.stat().lastOperationTime, null);
    assertEquals([bare.value, bare.lastPid()], [0, null]);
    bare.release(3);
    assert(bare.stat().lastOperationTime !== null);
    assertEquals(bare.value, 3);
  },
);

test(
  "SysvSemaphore.values() stays in its memory when the id is another set's",
  {},
  (t) => {
    const small = newSemaphore(t, { value: 1 });
    const large = newSemaphore(t, { nsems: 1000, value: 7 });
    // As if the set was removed, and its id came to a larger one.
    const stale = new SysvSemaphore(large.id, large.key, false, small.nsems, {
      write: true,
      undo: false,
      wait: "block",
    });
    assertEquals(stale.values(), [7]);
    stale.setAll([3]);
    assertEquals(large.values().slice(0, 3), [3, 0, 0]);
  },
);

test("SysvSharedMemory.attach() refuses the id of other memory", {}, (t) => {
  const small = newMemory(t, { size: 100 });
  const large = newMemory(t, { size: 9000 });
  // As if the memory was removed, and its id came to a larger one.
  const attachment = Attachment.attach(small.id, true);
  assert(attachment instanceof Attachment);
  assertEquals(attachment.data.size, 100);
  const stale = new SysvSharedMemory(
    large.id,
    large.key,
    false,
    attachment,
    false,
  );
  assertEquals(stale.byteLength, 100);
  stale.detach();
  assertThrows(() => stale.attach(), Deno.errors.NotFound, "it was removed");
  assertEquals([stale.attached, large.stat().attachments], [false, 1]);
});

test(
  "decodeSemaphoreData() and decodeSegmentData() read large numbers",
  {},
  () => {
    const set = new DataView(new ArrayBuffer(SEMID_DS.size));
    set.setUint16(SEMID_DS.sem_nsems, 32_000, true);
    set.setBigInt64(SEMID_DS.sem_otime, 2n ** 40n, true);
    const { nsems, operationTime, changeTime } = decodeSemaphoreData(set);
    assertEquals([nsems, operationTime, changeTime], [32_000, 2 ** 40, 0]);

    const segment = new DataView(new ArrayBuffer(SHMID_DS.size));
    segment.setBigInt64(SHMID_DS.shm_segsz, 2n ** 41n, true);
    segment.setUint16(SHMID_DS.shm_nattch, 3, true);
    segment.setUint16(IPC_PERM.mode, 0o3640, true);
    const { size, attachments, removed, locked, permissions } =
      decodeSegmentData(
        segment,
      );
    assertEquals([size, attachments, removed, locked], [
      2 ** 41,
      3,
      true,
      true,
    ]);
    assertEquals(permissions.mode, 0o640);
  },
);
