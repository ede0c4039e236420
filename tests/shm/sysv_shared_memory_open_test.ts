/** Finding, creating and removing System V shared memory. */

import {
  IPC_PRIVATE,
  openSysvSemaphore,
  openSysvSharedMemory,
  removeSysvSharedMemory,
  SysvSharedMemory,
} from "@ipc/shm";
import {
  assert,
  assertEquals,
  assertNotEquals,
  assertThrows,
} from "@std/assert";
import { denoPeer, hasProgram, output } from "../_util/child.ts";
import { assertOsError } from "../_util/error.ts";
import { isOrdinaryUser } from "../_util/sysv.ts";
import { notLinux, test } from "../_util/test.ts";
import { freeKey, newMemory } from "./_sysv.ts";

const { AlreadyExists, BadResource, NotFound } = Deno.errors;

/** What is no key and no option: the types forbid it. */
function open(
  key: unknown,
  options: Record<string, unknown> = {},
): () => SysvSharedMemory {
  return () => openSysvSharedMemory(key as number, options);
}

function bytesOf(memory: SysvSharedMemory): Uint8Array {
  return new Uint8Array(memory.buffer);
}

test(
  "openSysvSharedMemory() opens the same bytes when there are some of the key",
  {},
  (t) => {
    const first = newMemory(t, { size: 5000 });
    assertEquals([first.byteLength, first.created], [5000, true]);
    assert(bytesOf(first).every((byte) => byte === 0));
    using second = openSysvSharedMemory(first.key!);
    using third = openSysvSharedMemory(first.key! >>> 0, {
      create: true,
      size: 5000,
    });
    assertEquals([second.created, third.created], [false, false]);
    assertEquals([second.id, third.id, third.key], [
      first.id,
      first.id,
      first.key,
    ]);
    bytesOf(first)[4999] = 7;
    assertEquals([bytesOf(second)[4999], bytesOf(third)[4999]], [7, 7]);
  },
);

test(
  "openSysvSharedMemory() has a key of its own, apart from semaphores",
  {},
  (t) => {
    const memory = newMemory(t);
    using semaphore = openSysvSemaphore(memory.key, { createNew: true });
    semaphore.remove();
    assertEquals(memory.stat().key, semaphore.key);
  },
);

test(
  "openSysvSharedMemory() throws RangeError for a key beyond 32 bits (sysv_ipc cuts it)",
  {},
  () => {
    for (const key of [2 ** 40 + 12345, 2 ** 32, -(2 ** 31) - 1, 0.5, NaN]) {
      assertThrows(open(key, { create: true, size: 1 }), RangeError, "key");
    }
    for (const key of ["1", undefined, 5n]) {
      assertThrows(open(key, { size: 1 }), TypeError, "key");
    }
  },
);

test("openSysvSharedMemory() throws when options are wrong", {}, (t) => {
  const { key } = newMemory(t, { size: 100 });
  for (
    const options of [
      { size: 0 },
      { size: -1 },
      { size: 1.5 },
      { size: NaN },
      { size: 10, mode: 0o1000 },
    ]
  ) {
    assertThrows(open(null, options), RangeError);
  }
  for (
    const options of [
      {},
      { createNew: false, size: 10 },
      { size: 10, write: false },
      { size: "10" },
      { size: 10, hugePages: true, noReserve: true },
    ]
  ) {
    assertThrows(open(null, options), TypeError);
  }
  assertThrows(
    open(key, { size: 101 }),
    RangeError,
    "it has 100 bytes, and size asks for 101",
  );
  using same = openSysvSharedMemory(key, { size: 50 });
  assertEquals(same.byteLength, 100);
});

test("openSysvSharedMemory() names SHMMAX when the size is too large", {
  needs: ["all"],
  ignore: notLinux ||
    !hasProgram("unshare", ["--ipc", "true"]) && "needs root and unshare",
}, async () => {
  // A namespace of its own, so that no other program meets the limits.
  const run = async (settings: string, ...attempts: string[]) =>
    JSON.parse(
      await output(
        denoPeer("sysv_shm_attempts.ts", ["-", ...attempts], {
          through: [
            "unshare",
            "--ipc",
            "sh",
            "-c",
            `cd /proc/sys/kernel; ${settings}; cd /; exec "$0" "$@"`,
          ],
        }),
      ),
    ) as string[];
  const [large] = await run("echo 5000 > shmmax", "shm_new:5001");
  assert(
    /^RangeError .*5001 bytes.*allows 5000 \(SHMMAX\).*shmmax=5001/.test(
      large!,
    ),
    large,
  );
  const [first, second] = await run(
    "echo 1 > shmmni",
    "shm_new:9",
    "shm_new:9",
  );
  assertEquals(first, "done");
  assert(/^Error ENOSPC .*SHMMNI.*kernel\.shmmni=2/.test(second!), second);
  const [many] = await run("echo 2 > shmall", "shm_new:100000");
  assert(/^Error ENOSPC .*2 pages.*SHMALL/.test(many!), many);
});

test("openSysvSharedMemory() says what is missing for huge pages", {
  needs: ["run"],
  ignore: notLinux,
}, async () => {
  const [root, nobody] = await Promise.all(
    ["-", "65534"].map(async (user) =>
      JSON.parse(
        await output(
          denoPeer("sysv_shm_attempts.ts", [user, `shm_huge:${2 ** 21}`]),
        ),
      )[0]
    ),
  );
  // Where there are some, it gets them.
  for (const outcome of [root, nobody]) {
    assert(
      /^(done|Error ENOMEM .*vm\.nr_hugepages|PermissionDenied .*hugetlb)/
        .test(outcome),
      outcome,
    );
  }
});

test("openSysvSharedMemory() keeps nothing in reserve when it is asked", {
  ignore: notLinux,
}, (t) => {
  const memory = newMemory(t, { size: 2 ** 40, noReserve: true });
  assertEquals(memory.byteLength, 2 ** 40);
  memory.write(Uint8Array.of(5), 2 ** 39);
  const p = new Uint8Array(3);
  assertEquals(memory.read(p, 2 ** 39 - 1), 3);
  assertEquals([...p], [0, 5, 0]);
});

test("openSysvSharedMemory() throws ENOMEM for what cannot be promised", {
  ignore: notLinux,
}, (t) => {
  const key = freeKey(t);
  assertOsError(
    open(key, { createNew: true, size: 2 ** 50 }),
    Error,
    "ENOMEM",
    "shmget",
  );
  assertThrows(open(key), NotFound);
});

test("openSysvSharedMemory() throws NotFound when there is none", {}, (t) => {
  const error = assertOsError(open(freeKey(t)), NotFound, "ENOENT", "shmget");
  assert(/^Cannot open System V shared memory \(key 0x/.test(error.message));
});

test(
  "openSysvSharedMemory() throws AlreadyExists and leaves it as it was",
  {},
  (t) => {
    const first = newMemory(t);
    bytesOf(first)[0] = 3;
    assertOsError(
      open(first.key, { createNew: true, size: 9 }),
      AlreadyExists,
      "EEXIST",
      "shmget",
    );
    assertEquals([first.stat().size, bytesOf(first)[0]], [100, 3]);
  },
);

test("openSysvSharedMemory() lets its creator write, whatever the mode", {
  needs: ["run"],
  ignore: notLinux,
}, async (t) => {
  const memory = newMemory(t, { mode: 0o400 });
  bytesOf(memory)[0] = 1;
  memory.set({ mode: 0o600 });
  const attempts = [0o400, 0o600, 0o466].map((mode) => `shm_mode:${mode}`);
  const outcomes = JSON.parse(
    await output(denoPeer("sysv_shm_attempts.ts", ["65534", ...attempts])),
  );
  assertEquals(outcomes, ["done", "done", "done"]);
});

test("openSysvSharedMemory() creates another one for IPC_PRIVATE", {}, () => {
  using first = openSysvSharedMemory(IPC_PRIVATE, { size: 10 });
  using second = openSysvSharedMemory(IPC_PRIVATE, { size: 10 });
  using same = SysvSharedMemory.fromId(first.id);
  assertNotEquals(first.id, second.id);
  bytesOf(first)[9] = 4;
  assertEquals([same.key, bytesOf(same)[9], same.created], [0, 4, false]);
  first.remove();
  second.remove();
});

test("SysvSharedMemory.fromId() knows its key (sysv_ipc does not)", {}, (t) => {
  const memory = newMemory(t);
  using same = SysvSharedMemory.fromId(memory.id);
  assertEquals([same.key, same.byteLength, same.created], [
    memory.key,
    100,
    false,
  ]);
  memory.close();
  same.close();
  memory.remove();
  assertOsError(
    () => SysvSharedMemory.fromId(memory.id),
    NotFound,
    "EIDRM",
    "shmat",
  );
  for (const id of [-1, 2 ** 31, 0.5, NaN]) {
    assertThrows(() => SysvSharedMemory.fromId(id), RangeError, "id");
    assertThrows(() => removeSysvSharedMemory(id), RangeError, "id");
  }
});

test(
  "SysvSharedMemory.remove() frees the key, and the memory at its last detach",
  {
    ignore: notLinux,
  },
  (t) => {
    const memory = newMemory(t);
    const { key, id } = memory;
    bytesOf(memory)[0] = 8;
    memory.remove();
    assertEquals([memory.stat().removed, memory.stat().key], [
      true,
      IPC_PRIVATE,
    ]);
    assertThrows(open(key), NotFound);
    using next = openSysvSharedMemory(key, { createNew: true, size: 10 });
    next.remove();
    // It can be attached by its id as long as somebody has it.
    using same = SysvSharedMemory.fromId(id);
    assertEquals([bytesOf(same)[0], same.key], [8, IPC_PRIVATE]);
    memory.detach();
    memory.attach();
    assertEquals(bytesOf(memory)[0], 8);
    memory.remove(); // again, while it is there
    memory.detach();
    same.close();
    for (
      const use of [
        () => memory.stat(),
        () => memory.attach(),
        () => memory.set({ mode: 0o600 }),
        () => memory.remove(),
        () => removeSysvSharedMemory(id),
      ]
    ) {
      const error = assertOsError(use, NotFound, "EIDRM");
      assert(error.message.includes("it was removed"), error.message);
    }
  },
);

test("SysvSharedMemory throws PermissionDenied for another user", {
  needs: ["run", "sys"],
  ignore: notLinux || isOrdinaryUser() && "needs root",
}, async (t) => {
  const closed = newMemory(t, { mode: 0o600 });
  const board = newMemory(t, { mode: 0o644 });
  const attempts = [
    `shm_open:${closed.key}`,
    `shm_look:${closed.key}`,
    `shm_attach:${closed.id}`,
    `shm_peek:${closed.id}`,
    `shm_remove:${closed.id}`,
    `shm_open:${board.key}`,
    `shm_look:${board.key}`,
    `shm_attach:${board.id}`,
    `shm_peek:${board.id}`,
    `shm_chmod:${board.id}`,
    `shm_lock:${board.id}`,
    `shm_remove:${board.id}`,
  ];
  const outcomes: string[] = JSON.parse(
    await output(denoPeer("sysv_shm_attempts.ts", ["65534", ...attempts])),
  );
  const [access, owner] = [
    "PermissionDenied EACCES",
    "PermissionDenied EPERM",
  ];
  assertEquals(
    outcomes.map((outcome) => outcome.split(" ").slice(0, 2).join(" ")),
    [
      access,
      access,
      access,
      access,
      owner,
      access,
      "done",
      access,
      "done",
      owner,
      owner,
      owner,
    ],
  );
  assert(/write to false/.test(outcomes[0]!), outcomes[0]);
  assert(/read and write/.test(outcomes[7]!), outcomes[7]);
  assertEquals(board.stat().mode, 0o644);
});

test("SysvSharedMemory throws BadResource when it is closed", {}, (t) => {
  const memory = newMemory(t);
  const view = bytesOf(memory);
  memory.close();
  memory.close();
  memory[Symbol.dispose]();
  memory.detach();
  assertEquals([view.byteLength, memory.attached], [0, false]);
  for (
    const use of [
      () => memory.buffer,
      () => memory.attach(),
      () => memory.read(new Uint8Array(1)),
      () => memory.write(new Uint8Array(1)),
      () => memory.stat(),
      () => memory.set({ mode: 0o600 }),
    ]
  ) {
    assertThrows(use, BadResource, "closed");
  }
  memory.remove();
  assertThrows(open(memory.key), NotFound);
});
