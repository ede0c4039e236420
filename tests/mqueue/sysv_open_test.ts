/** Finding, creating and removing System V queues. */

import {
  ftok,
  IPC_PRIVATE,
  openSysvMessageQueue,
  removeSysvMessageQueue,
  SysvMessageQueue,
} from "@ipc/mqueue";
import {
  assert,
  assertEquals,
  assertNotEquals,
  assertThrows,
} from "@std/assert";
import { denoPeer, hasProgram, output } from "../_util/child.ts";
import { assertOsError } from "../_util/error.ts";
import { removeIfPresent } from "../_util/sysv.ts";
import { notLinux, test } from "../_util/test.ts";
import { bytes, newSysvQueue, show } from "./_sysv.ts";

const { AlreadyExists, BadResource, NotFound, PermissionDenied } = Deno.errors;

/** What is no key and no option: the types forbid it. */
function open(
  key: unknown,
  options: Record<string, unknown> = {},
): () => SysvMessageQueue {
  return () => openSysvMessageQueue(key as number, options);
}

/** A key that no queue has; a new queue of it may be removed later. */
function freeKey(): number {
  using queue = openSysvMessageQueue(null);
  queue.remove();
  return queue.key!;
}

test(
  "openSysvMessageQueue() opens the same queue when there is one of the key",
  {},
  (t) => {
    const first = newSysvQueue(t);
    using second = openSysvMessageQueue(first.key!);
    using third = openSysvMessageQueue(first.key! >>> 0, { create: true });
    assertEquals([first.created, second.created, third.created], [
      true,
      false,
      false,
    ]);
    first.sendSync(bytes("hello"), { type: 3 });
    assertEquals(show(second.receiveSync()), "3 hello");
    third.sendSync(bytes("there"));
    assertEquals(show(first.receiveSync()), "1 there");
  },
);

test(
  "openSysvMessageQueue() creates a queue under a key of its own when the key is null",
  {},
  (t) => {
    const [first, second] = [newSysvQueue(t), newSysvQueue(t)];
    for (const { key } of [first, second]) {
      assert(Number.isInteger(key) && key !== IPC_PRIVATE, `${key}`);
      assertEquals(key! | 0, key);
    }
    assertNotEquals(first.key, second.key);
    assertNotEquals(first.id, second.id);
    assertEquals(first.stat().key, first.key);
  },
);

test(
  "openSysvMessageQueue() creates another queue each time when the key is IPC_PRIVATE",
  {},
  () => {
    using first = openSysvMessageQueue(IPC_PRIVATE);
    using second = openSysvMessageQueue(IPC_PRIVATE);
    first.remove();
    second.remove();
    assertNotEquals(first.id, second.id);
    assertEquals([first.key, second.key], [0, 0]);
    assertEquals([first.created, second.created], [true, true]);
  },
);

test(
  "openSysvMessageQueue() throws TypeError when there is no key and nothing is created",
  {},
  () => {
    assertThrows(open(null, { createNew: false }), TypeError, "key");
    assertThrows(open(0, { createNew: false, create: true }), TypeError, "key");
  },
);

test("openSysvMessageQueue() throws NotFound when there is none", {}, () => {
  const key = freeKey();
  const error = assertOsError(open(key), NotFound, "ENOENT", "msgget");
  const hex = (key >>> 0).toString(16).padStart(8, "0");
  assert(error.message.includes(`0x${hex}`), error.message);
});

test(
  "openSysvMessageQueue() throws AlreadyExists when createNew meets one, and leaves it",
  {},
  (t) => {
    const queue = newSysvQueue(t);
    queue.sendSync(bytes("stays"));
    assertOsError(
      open(queue.key, { createNew: true }),
      AlreadyExists,
      "EEXIST",
      "msgget",
    );
    assertEquals(show(queue.receiveSync()), "1 stays");
  },
);

test(
  "openSysvMessageQueue() throws RangeError when the key has more than 32 bits, which sysv_ipc cuts",
  {},
  (t) => {
    const queue = newSysvQueue(t);
    for (
      const key of [
        2 ** 40 + queue.key!,
        2 ** 32,
        -(2 ** 31) - 1,
        1.5,
        NaN,
        Infinity,
        Number.MAX_SAFE_INTEGER,
      ]
    ) {
      for (const options of [{}, { create: true }, { createNew: true }]) {
        assertThrows(open(key, options), RangeError, "key");
      }
    }
    for (const key of ["1", 1n, undefined]) {
      assertThrows(open(key), TypeError);
    }
  },
);

test(
  "openSysvMessageQueue() takes keys with and without a sign when they have 32 bits",
  {},
  () => {
    const signed = -(2 ** 31) + (freeKey() & 0x3fff_ffff);
    using queue = openSysvMessageQueue(signed, { createNew: true });
    try {
      assertEquals(queue.key, signed);
      using same = openSysvMessageQueue(signed + 2 ** 32);
      assertEquals([same.id, same.key], [queue.id, signed]);
    } finally {
      removeIfPresent(queue);
    }
  },
);

test("openSysvMessageQueue() throws when an option is wrong", {}, () => {
  for (const mode of [-1, 0o1000, 1.5, NaN]) {
    assertThrows(open(null, { mode }), RangeError, "mode");
  }
  for (const maxMessageSize of [-1, 0.5, NaN]) {
    assertThrows(open(null, { maxMessageSize }), RangeError, "maxMessageSize");
  }
  assertThrows(open(null, { wait: "spin" }), TypeError, "wait");
  assertThrows(open(null, { read: false, write: false }), TypeError, "read");
});

test("openSysvMessageQueue() gives the mode when it creates", {}, (t) => {
  for (const mode of [0o600, 0o644, 0o777, 0o200]) {
    const queue = newSysvQueue(t, { mode });
    // Root may look in any case; others only if they may read.
    if (mode !== 0o200) assertEquals(queue.stat().mode, mode);
  }
});

test(
  "openSysvMessageQueue() names kernel.msgmni when there are too many queues",
  {
    needs: ["all"],
    ignore: notLinux ||
      !hasProgram("unshare", ["--ipc", "true"]) && "needs root and unshare",
  },
  async () => {
    // A namespace of its own, so that no other program meets the limit.
    const script = 'echo 2 > /proc/sys/kernel/msgmni; exec "$0" "$@"';
    const [first, second, third] = JSON.parse(
      await output(
        denoPeer("sysv_mqueue_attempts.ts", ["-", "new", "new", "new"], {
          through: ["unshare", "--ipc", "sh", "-c", script],
        }),
      ),
    );
    assertEquals([first, second], ["done", "done"]);
    assert(/^Error ENOSPC .*kernel\.msgmni.*=4/.test(third), third);
    assert(/there are 2 queues/.test(third), third);
  },
);

test(
  "SysvMessageQueue.fromId() uses the queue of an id, and knows its key",
  {},
  (t) => {
    const queue = newSysvQueue(t);
    using same = SysvMessageQueue.fromId(queue.id);
    assertEquals([same.id, same.key, same.created], [
      queue.id,
      queue.key,
      false,
    ]);
    same.sendSync(bytes("by id"));
    assertEquals(show(queue.receiveSync()), "1 by id");
  },
);

test(
  "SysvMessageQueue.fromId() finds a private queue, which has the key 0",
  {},
  () => {
    using queue = openSysvMessageQueue(IPC_PRIVATE);
    using same = SysvMessageQueue.fromId(queue.id);
    queue.remove();
    assertEquals(same.key, IPC_PRIVATE);
  },
);

test("SysvMessageQueue.fromId() throws when there is none", {}, (t) => {
  const queue = newSysvQueue(t);
  queue.remove();
  assertOsError(
    () => SysvMessageQueue.fromId(queue.id),
    NotFound,
    "EIDRM",
    "msgctl",
  );
  for (const id of [-1, 2 ** 31, 0.5, NaN]) {
    assertThrows(() => SysvMessageQueue.fromId(id), RangeError, "id");
  }
});

test("SysvMessageQueue.remove() removes it once", {}, () => {
  using queue = openSysvMessageQueue(null);
  using other = openSysvMessageQueue(queue.key!);
  queue.remove();
  assertOsError(() => queue.remove(), NotFound, "EIDRM", "msgctl");
  assertOsError(() => other.remove(), NotFound, "EIDRM", "msgctl");
  assertThrows(open(queue.key), NotFound);
});

test("SysvMessageQueue.remove() works when it is closed", {}, () => {
  const queue = openSysvMessageQueue(null);
  queue.close();
  queue.remove();
  assertThrows(open(queue.key), NotFound);
});

test("removeSysvMessageQueue() removes the queue of an id", {}, () => {
  using queue = openSysvMessageQueue(null);
  removeSysvMessageQueue(queue.id);
  assertOsError(
    () => removeSysvMessageQueue(queue.id),
    NotFound,
    "EIDRM",
    "msgctl",
  );
  for (const id of [-1, 2 ** 31, 0.5, NaN]) {
    assertThrows(() => removeSysvMessageQueue(id), RangeError, "id");
  }
});

test("SysvMessageQueue.close() leaves queue and messages", {}, (t) => {
  const queue = newSysvQueue(t);
  queue.sendSync(bytes("stays"));
  queue.close();
  queue.close();
  queue[Symbol.dispose]();
  using again = openSysvMessageQueue(queue.key!);
  assertEquals(show(again.receiveSync()), "1 stays");
});

test("SysvMessageQueue throws BadResource when it is closed", {}, async (t) => {
  const queue = newSysvQueue(t);
  queue.close();
  for (
    const use of [
      () => queue.sendSync(bytes("x")),
      () => queue.trySend(bytes("x")),
      () => queue.receiveSync(),
      () => queue.receiveIntoSync(new Uint8Array(8)),
      () => queue.tryReceive(),
      () => queue.tryReceiveInto(new Uint8Array(8)),
      () => queue.peek(),
      () => queue.stat(),
      () => queue.set({ mode: 0o600 }),
    ]
  ) {
    assertThrows(use, BadResource, "closed");
  }
  for (
    const use of [
      () => queue.send(bytes("x")),
      () => queue.receive(),
      () => queue.receiveInto(new Uint8Array(8)),
    ]
  ) {
    const error = await use().then(() => undefined, (error) => error);
    assert(error instanceof BadResource, `${error}`);
  }
  for await (const _ of queue) throw new Error("It is closed");
});

test(
  "SysvMessageQueue throws PermissionDenied when it is used the other way",
  {},
  async (t) => {
    const queue = newSysvQueue(t);
    using reader = openSysvMessageQueue(queue.key!, { write: false });
    using writer = openSysvMessageQueue(queue.key!, { read: false });
    writer.sendSync(bytes("one way"));
    assertThrows(() => writer.receiveSync(), PermissionDenied, "sending only");
    assertThrows(() => writer.tryReceive(), PermissionDenied, "sending only");
    assertThrows(
      () => reader.sendSync(bytes("x")),
      PermissionDenied,
      "receiving only",
    );
    const error = await reader.send(bytes("x")).catch((error) => error);
    assert(error instanceof PermissionDenied, `${error}`);
    assertEquals(show(reader.receiveSync()), "1 one way");
  },
);

test("ftok() makes the key that the inode, device and id give", {
  needs: ["read", "write"],
}, (t) => {
  const path = `${t.folder()}/ключ`;
  Deno.writeTextFileSync(path, "");
  const { ino, dev } = Deno.statSync(path);
  for (const id of [1, 0, 65, 255]) {
    const key = (id << 24) | ((dev & 0xff) << 16) | (ino! & 0xffff);
    assertEquals(ftok(path, id), key);
  }
});

test("ftok() throws when there is no file, or no such id", {}, () => {
  assertOsError(() => ftok("/none/such", 1), NotFound, "ENOENT", "ftok");
  for (const id of [-1, 256, 1.5, NaN]) {
    assertThrows(() => ftok("/", id), RangeError, "id");
  }
  assertThrows(() => ftok("/\0", 1), TypeError, "NUL");
});
