/** Finding, creating and removing System V semaphores. */

import { ftok as ftokOfQueues } from "@ipc/mqueue";
import {
  ftok,
  IPC_PRIVATE,
  openSysvSemaphore,
  removeSysvSemaphore,
  SysvSemaphore,
} from "@ipc/shm";
import {
  assert,
  assertEquals,
  assertNotEquals,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { denoPeer, hasProgram, output } from "../_util/child.ts";
import { assertOsError } from "../_util/error.ts";
import { isOrdinaryUser } from "../_util/sysv.ts";
import { notLinux, test } from "../_util/test.ts";
import { freeKey, newSemaphore } from "./_sysv.ts";

const { AlreadyExists, BadResource, NotFound, PermissionDenied } = Deno.errors;

/** What is no key and no option: the types forbid it. */
function open(
  key: unknown,
  options: Record<string, unknown> = {},
): () => SysvSemaphore {
  return () => openSysvSemaphore(key as number, options);
}

test(
  "openSysvSemaphore() opens the same semaphore when there is one of the key",
  {},
  (t) => {
    const first = newSemaphore(t, { value: 5 });
    using second = openSysvSemaphore(first.key!);
    using third = openSysvSemaphore(first.key! >>> 0, { create: true });
    assertEquals([first.created, second.created, third.created], [
      true,
      false,
      false,
    ]);
    assertEquals([second.id, third.id, third.key], [
      first.id,
      first.id,
      first.key,
    ]);
    second.acquireSync(2);
    assertEquals([first.value, third.value], [3, 3]);
  },
);

test(
  "openSysvSemaphore() leaves the value as it is when it only may create (sysv_ipc resets it)",
  {},
  (t) => {
    const first = newSemaphore(t, { value: 7 });
    for (const value of [undefined, 0, 3]) {
      using again = openSysvSemaphore(first.key!, {
        create: true,
        ...value !== undefined && { value },
      });
      assertEquals([again.created, again.value], [false, 7]);
    }
    assertEquals(first.value, 7);
  },
);

test(
  "openSysvSemaphore() throws RangeError for a key beyond 32 bits (sysv_ipc cuts it)",
  {},
  () => {
    for (const key of [2 ** 40 + 12345, 2 ** 32, -(2 ** 31) - 1, 0.5, NaN]) {
      assertThrows(open(key, { create: true }), RangeError, "key");
      assertThrows(open(key), RangeError, "key");
    }
    for (const key of ["1", undefined, 5n]) {
      assertThrows(open(key), TypeError, "key");
    }
  },
);

test(
  "openSysvSemaphore() gives the value when the mode forbids to write (sysv_ipc does not)",
  {},
  (t) => {
    for (const mode of [0o400, 0o444, 0, 0o200]) {
      const semaphore = newSemaphore(t, { mode, value: 3 });
      if (isOrdinaryUser()) semaphore.set({ mode: 0o600 });
      else assertEquals(semaphore.stat().mode, mode);
      assertEquals(semaphore.value, 3);
      semaphore.set({ mode: 0o600 });
    }
  },
);

test("openSysvSemaphore() gives values and mode to an ordinary user", {
  needs: ["run"],
  ignore: notLinux,
}, async () => {
  const attempts = [0o600, 0o644, 0o466].map((mode) => `sem_mode:${mode}`);
  const outcomes = JSON.parse(
    await output(denoPeer("sysv_shm_attempts.ts", ["65534", ...attempts])),
  );
  assertEquals(outcomes, ["done", "done", "done"]);
});

test("openSysvSemaphore() creates sets, with one value or several", {}, (t) => {
  const one = newSemaphore(t);
  assertEquals([one.nsems, ...one.values()], [1, 0]);
  const same = newSemaphore(t, { nsems: 3, value: 4 });
  assertEquals([same.nsems, ...same.values()], [3, 4, 4, 4]);
  const each = newSemaphore(t, { value: [1, 0, 32_767, 5] });
  assertEquals([each.nsems, ...each.values()], [4, 1, 0, 32_767, 5]);
  assert(each.stat().lastOperationTime !== null);

  using again = openSysvSemaphore(each.key!, { nsems: 4 });
  assertEquals(again.nsems, 4);
  assertThrows(
    open(each.key, { nsems: 5 }),
    RangeError,
    "it has 4 semaphores, and nsems asks for 5",
  );
});

test(
  "openSysvSemaphore() creates sets that have more semaphores than an operation",
  { ignore: notLinux },
  (t) => {
    const values = Array.from({ length: 2000 }, (_, i) => i % 10);
    for (const first of [0, 4]) {
      values[0] = first;
      const set = newSemaphore(t, { value: values });
      assertEquals(set.values(), values);
      assert(set.stat().lastOperationTime !== null);
    }
  },
);

test("openSysvSemaphore() throws when options are wrong", {}, () => {
  for (
    const options of [
      { value: -1 },
      { value: 32_768 },
      { value: 1.5 },
      { value: [1, -1] },
      { nsems: 0 },
      { nsems: 2 ** 16 },
      { nsems: 2, value: [1] },
      { mode: 0o1000 },
      { timeout: -1 },
      { timeout: NaN },
    ]
  ) {
    assertThrows(open(null, options), RangeError);
  }
  for (
    const options of [
      { createNew: false },
      { wait: "now" },
      { value: "1" },
      { mode: "600" },
    ]
  ) {
    assertThrows(open(null, options), TypeError);
  }
});

test("openSysvSemaphore() throws NotFound when there is none", {}, (t) => {
  const error = assertOsError(open(freeKey(t)), NotFound, "ENOENT", "semget");
  assert(/^Cannot open System V semaphore \(key 0x/.test(error.message));
});

test(
  "openSysvSemaphore() throws AlreadyExists and leaves it as it was",
  {},
  (t) => {
    const first = newSemaphore(t, { value: 2 });
    assertOsError(
      open(first.key, { createNew: true, value: 9 }),
      AlreadyExists,
      "EEXIST",
      "semget",
    );
    assertEquals(first.value, 2);
  },
);

test("openSysvSemaphore() creates another one for IPC_PRIVATE", {}, () => {
  using first = openSysvSemaphore(IPC_PRIVATE, { value: 1 });
  using second = openSysvSemaphore(IPC_PRIVATE);
  using same = SysvSemaphore.fromId(first.id);
  assertNotEquals(first.id, second.id);
  assertEquals([same.key, same.value, same.created], [IPC_PRIVATE, 1, false]);
  first.remove();
  second.remove();
});

test("SysvSemaphore.fromId() knows key and number, or says so", {}, (t) => {
  const set = newSemaphore(t, { nsems: 3, value: 1 });
  using same = SysvSemaphore.fromId(set.id);
  assertEquals([same.key, same.nsems, same.created], [set.key, 3, false]);
  same.acquireSync(1, { index: 2 });
  assertEquals(set.values(), [1, 1, 0]);
  set.remove();
  assertOsError(
    () => SysvSemaphore.fromId(set.id),
    NotFound,
    "EIDRM",
    "semctl",
  );
  for (const id of [-1, 2 ** 31, 0.5, NaN]) {
    assertThrows(() => SysvSemaphore.fromId(id), RangeError, "id");
    assertThrows(() => removeSysvSemaphore(id), RangeError, "id");
  }
});

test(
  "SysvSemaphore.remove() removes it once, with the same error for all",
  {},
  (t) => {
    const semaphore = newSemaphore(t, { value: 1 });
    using other = openSysvSemaphore(semaphore.key!);
    const { id } = semaphore;
    semaphore.remove();
    for (
      const use of [
        () => semaphore.remove(),
        () => removeSysvSemaphore(id),
        () => other.tryAcquire(),
        () => other.acquireSync(),
        () => other.release(),
        () => other.waitForZeroSync(),
        () => other.semopSync([{ delta: 1 }, { delta: -1 }]),
        () => other.trySemop([{ delta: 1 }]),
        () => other.value,
        () => other.values(),
        () => other.setValue(1),
        () => other.setAll([1]),
        () => other.lastPid(),
        () => other.waitingForNonzero(),
        () => other.stat(),
        () => other.set({ mode: 0o600 }),
      ]
    ) {
      const error = assertOsError(use, NotFound, "EIDRM");
      assert(error.message.includes("it was removed"), error.message);
    }
  },
);

test("SysvSemaphore.close() leaves it as it is", {}, (t) => {
  const semaphore = newSemaphore(t, { value: 2 });
  const lock = semaphore.acquireSync();
  semaphore.close();
  semaphore.close();
  semaphore[Symbol.dispose]();
  assertThrows(() => lock.release(), BadResource, "closed");
  using again = openSysvSemaphore(semaphore.key!);
  assertEquals(again.value, 1);
  semaphore.remove();
});

test("SysvSemaphore throws BadResource when it is closed", {}, async (t) => {
  const semaphore = newSemaphore(t, { value: 1 });
  semaphore.close();
  for (
    const use of [
      () => semaphore.acquireSync(),
      () => semaphore.tryAcquire(),
      () => semaphore.release(),
      () => semaphore.waitForZeroSync(),
      () => semaphore.tryWaitForZero(),
      () => semaphore.semopSync([{ delta: 1 }]),
      () => semaphore.trySemop([{ delta: 0 }]),
      () => semaphore.value,
      () => semaphore.values(),
      () => semaphore.setValue(0),
      () => semaphore.setAll([0]),
      () => semaphore.lastPid(),
      () => semaphore.waitingForZero(),
      () => semaphore.stat(),
      () => semaphore.set({ mode: 0o600 }),
    ]
  ) {
    assertThrows(use, BadResource, "closed");
  }
  for (
    const use of [
      () => semaphore.acquire(),
      () => semaphore.waitForZero(),
      () => semaphore.semop([{ delta: 1 }]),
    ]
  ) {
    const error = await use().then(() => undefined, (error) => error);
    assert(error instanceof BadResource, `${error}`);
  }
});

test(
  "SysvSemaphore throws PermissionDenied when it was opened to look",
  {},
  (t) => {
    const semaphore = newSemaphore(t, { value: 1 });
    using looker = openSysvSemaphore(semaphore.key!, { write: false });
    assertEquals([looker.readOnly, looker.value], [true, 1]);
    for (
      const use of [
        () => looker.acquireSync(),
        () => looker.tryAcquire(),
        () => looker.release(),
        () => looker.semopSync([{ delta: 0 }, { delta: 1 }]),
        () => looker.setValue(3),
        () => looker.setAll([3]),
      ]
    ) {
      assertThrows(use, PermissionDenied, "write: false");
    }
    assertEquals(looker.tryWaitForZero(), false);
    semaphore.acquireSync();
    looker.waitForZeroSync();
    assertEquals(semaphore.value, 0);
  },
);

test(
  "openSysvSemaphore() names SEMMNI, SEMMSL and SEMOPM when they are met",
  {
    needs: ["all"],
    ignore: notLinux ||
      !hasProgram("unshare", ["--ipc", "true"]) && "needs root and unshare",
  },
  async () => {
    // A namespace of its own, so that no other program meets the limits.
    const script = 'echo 5 100 3 2 > /proc/sys/kernel/sem; exec "$0" "$@"';
    const run = [
      "sem_ops:4",
      "sem_new:6",
      "sem_new:1",
      "sem_new:1",
      "sem_new:1",
    ];
    const [ops, large, first, second, third] = JSON.parse(
      await output(
        denoPeer("sysv_shm_attempts.ts", ["-", ...run], {
          through: ["unshare", "--ipc", "sh", "-c", script],
        }),
      ),
    );
    assert(
      /^Error E2BIG .*4 operations, .* allows 3 .*SEMOPM.*sem="5 100 4 2"/
        .test(ops),
      ops,
    );
    assert(
      /^RangeError .*6 semaphores.* allows 5 .*SEMMSL.*sem="6 100 3 2"/
        .test(large),
      large,
    );
    assertEquals([first, second], ["done", "done"]);
    assert(
      /^Error ENOSPC .*2 sets \(SEMMNI\).*sem="5 100 3 4"/.test(third),
      third,
    );
  },
);

test("ftok() is one function, whichever module it is taken from", {}, () => {
  assertStrictEquals(ftok, ftokOfQueues);
  assertEquals(ftok("/", 1), ftokOfQueues("/", 1));
});
