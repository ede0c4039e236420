/** Opening, closing and unlinking POSIX message queues. */

import { capabilities } from "@ipc/libc";
import {
  MessageQueue,
  openMessageQueue,
  unlinkMessageQueue,
} from "@ipc/mqueue";
import type { OpenMessageQueueOptions } from "@ipc/mqueue";
import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { denoPeer, output } from "../_util/child.ts";
import { assertOsError } from "../_util/error.ts";
import { notLinux, test } from "../_util/test.ts";
import { bytes, newQueue, queueName, text } from "./_queue.ts";

const ignore = notLinux;
const { AlreadyExists, BadResource, NotFound, NotSupported } = Deno.errors;
const small = { maxMessages: 4, messageSize: 64 } as const;

test(
  "openMessageQueue() creates a queue when create is set",
  { ignore },
  (t) => {
    const name = queueName(t);
    using queue = openMessageQueue(name, { create: true, ...small });
    assertEquals([queue.name, queue.created], [name, true]);
    assertEquals([queue.maxMessages, queue.messageSize], [4, 64]);
    assertEquals(queue.attributes(), {
      maxMessages: 4,
      messageSize: 64,
      currentMessages: 0,
    });
  },
);

test(
  "openMessageQueue() opens the same queue when there is one",
  { ignore },
  (t) => {
    using first = newQueue(t);
    using second = openMessageQueue(first.name);
    using third = openMessageQueue(first.name, { create: true });
    assertEquals([second.created, third.created], [false, false]);
    first.sendSync(bytes("to the second"));
    assertEquals(text(second.receiveSync()), "to the second");
    third.sendSync(bytes("to the first"));
    assertEquals(text(first.receiveSync()), "to the first");
  },
);

test(
  "openMessageQueue() keeps the size of an existing queue, and throws when it is too small",
  { ignore },
  (t) => {
    const { name } = newQueue(t);
    using same = openMessageQueue(name, {
      create: true,
      maxMessages: 1,
      messageSize: 10,
    });
    assertEquals([same.maxMessages, same.messageSize], [4, 64]);
    for (
      const [key, asked] of [["maxMessages", 5], ["messageSize", 65]] as const
    ) {
      const error = assertThrows(
        () => openMessageQueue(name, { create: true, [key]: asked }),
        RangeError,
      );
      assertStringIncludes(error.message, `its ${key} is ${asked - 1}`);
      assertStringIncludes(error.message, `${asked}`);
    }
  },
);

test(
  "openMessageQueue() creates a queue of a random name when the name is null",
  { ignore },
  (t) => {
    using first = openMessageQueue(null, small);
    t.defer(() => first.unlink());
    using second = openMessageQueue(null, small);
    t.defer(() => second.unlink());
    assertMatch(first.name!, /^\/ipc_[0-9a-z]{8}$/);
    assertNotEquals(first.name, second.name);
    assert(first.created);
  },
);

test(
  "openMessageQueue() takes one of both sizes from the system when the other is given",
  { ignore },
  (t) => {
    using few = openMessageQueue(queueName(t), {
      createNew: true,
      maxMessages: 1,
    });
    assert(few.messageSize > 64);
    using short = openMessageQueue(queueName(t), {
      createNew: true,
      messageSize: 1,
    });
    assert(short.maxMessages > 1);
  },
);

test(
  "openMessageQueue() throws AlreadyExists when createNew is set and there is one",
  { ignore },
  (t) => {
    using queue = newQueue(t);
    queue.sendSync(bytes("kept"));
    const error = assertOsError(
      () => openMessageQueue(queue.name, { createNew: true }),
      AlreadyExists,
      "EEXIST",
      "mq_open",
    );
    assertStringIncludes(error.message, queue.name!);
    assertEquals(text(queue.receiveSync()), "kept");
  },
);

test(
  "openMessageQueue() throws NotFound when there is none",
  { ignore },
  () => {
    assertOsError(
      () => openMessageQueue("/t_there_is_none"),
      NotFound,
      "ENOENT",
      "mq_open",
    );
  },
);

for (
  const [name, Class, reason] of [
    ["jobs", TypeError, 'must start with "/"'],
    ["", TypeError, 'must start with "/"'],
    ["/", TypeError, "must have a character"],
    ["/a/b", TypeError, 'no second "/"'],
    ["/..", TypeError, "names a directory"],
    ["/a\0b", TypeError, "NUL"],
    ["/" + "ä".repeat(128), RangeError, "257 bytes, and the limit"],
  ] as const
) {
  const shown = name.length > 9 ? "257 bytes" : JSON.stringify(name);
  test(`openMessageQueue() throws ${Class.name} when the name is ${shown}`, {
    ignore,
  }, () => {
    assertThrows(
      () => openMessageQueue(name, { create: true, ...small }),
      Class,
      reason,
    );
    assertThrows(() => unlinkMessageQueue(name), Class, reason);
  });
}

test(
  "openMessageQueue() takes a name of 256 bytes, and one that is not ASCII",
  { ignore },
  (t) => {
    const prefix = queueName(t);
    for (const name of [prefix.padEnd(256, "x"), `${prefix}_Größe_猫`]) {
      using queue = openMessageQueue(name, { createNew: true, ...small });
      queue.unlink();
      assertThrows(() => openMessageQueue(name), NotFound);
    }
  },
);

for (
  const [options, Class] of [
    [{ maxMessages: 0 }, RangeError],
    [{ maxMessages: -1 }, RangeError],
    [{ maxMessages: 1.5 }, RangeError],
    [{ maxMessages: 65_537 }, RangeError],
    [{ messageSize: 0 }, RangeError],
    [{ messageSize: NaN }, RangeError],
    [{ messageSize: 2 ** 24 + 1 }, RangeError],
    [{ messageSize: "64" }, TypeError],
    [{ mode: 0o1000 }, RangeError],
    [{ mode: -1 }, RangeError],
    [{ wait: "spin" }, TypeError],
    [{ read: false, write: false }, TypeError],
  ] as [OpenMessageQueueOptions, typeof RangeError][]
) {
  test(
    `openMessageQueue() throws ${Class.name} with ${JSON.stringify(options)}`,
    { ignore },
    (t) => {
      const name = queueName(t);
      assertThrows(
        () => openMessageQueue(name, { create: true, ...options }),
        Class,
      );
      assertThrows(() => openMessageQueue(name), NotFound);
    },
  );
}

test(
  "openMessageQueue() throws TypeError when the name is null and nothing is to be created",
  { ignore },
  () => {
    assertThrows(() => openMessageQueue(null, { createNew: false }), TypeError);
  },
);

test(
  "MessageQueue.stat() shows the mode, less the umask, and who owns the queue",
  {
    ignore: ignore || umask(),
  },
  (t) => {
    using queue = newQueue(t);
    const { mode, nlink, uid, gid } = queue.stat();
    assertEquals([mode, nlink], [0o600, 1]);
    assert(Number.isInteger(uid) && Number.isInteger(gid));
    using other = newQueue(t, { mode: 0o640 });
    assertEquals(other.stat().mode, 0o640);
    queue.unlink();
    assertEquals(queue.stat().nlink, 0);
  },
);

/** The umask here may be anything, but takes nothing from the owner. */
function umask(): string | false {
  try {
    return (Deno.umask() & 0o640) !== 0 && "needs a usual umask";
  } catch {
    return false;
  }
}

test(
  "openMessageQueue() makes the descriptor close-on-exec unless it is inheritable",
  {
    needs: ["all"],
    ignore,
  },
  (t) => {
    using queue = newQueue(t);
    using inheritable = newQueue(t, { inheritable: true });
    const flags = (fd: number) =>
      parseInt(
        Deno.readTextFileSync(`/proc/self/fdinfo/${fd}`).match(
          /flags:\s*(\d+)/,
        )![1]!,
        8,
      );
    assertEquals(flags(queue.fd) & 0o2000000, 0o2000000);
    assertEquals(flags(inheritable.fd) & 0o2000000, 0);
  },
);

test("MessageQueue.fromFd() takes a descriptor over that a process inherited", {
  needs: ["run"],
  ignore,
}, async (t) => {
  using queue = newQueue(t, { inheritable: true });
  const child = denoPeer("mqueue_inherit.ts", [String(queue.fd)]);
  assertEquals(await output(child), "null 4 64");
  assertEquals(text(queue.receiveSync()), "from the child");
});

test(
  "MessageQueue.fromFd() throws when the descriptor is no queue, and leaves it open",
  { ignore },
  (t) => {
    const { fd } = newQueue(t);
    assertThrows(() => MessageQueue.fromFd(0), TypeError, "descriptor 0");
    assertThrows(() => MessageQueue.fromFd(99_999), BadResource);
    assertThrows(() => MessageQueue.fromFd(-1), RangeError);
    assertThrows(
      () => MessageQueue.fromFd(fd, { wait: "no" as "block" }),
      TypeError,
    );
  },
);

test(
  "MessageQueue.unlink() removes the name and leaves the queue to those who have it",
  { ignore },
  (t) => {
    using queue = newQueue(t);
    using other = openMessageQueue(queue.name);
    queue.unlink();
    assertThrows(() => openMessageQueue(queue.name), NotFound);
    assertOsError(() => queue.unlink(), NotFound, "ENOENT", "mq_unlink");
    using fresh = openMessageQueue(queue.name, { createNew: true, ...small });
    queue.sendSync(bytes("old"));
    assertEquals([text(fresh.tryReceive()), text(other.tryReceive())], [
      "nothing",
      "old",
    ]);
  },
);

test(
  "unlinkMessageQueue() removes a queue, and throws NotFound when there is none",
  { ignore },
  (t) => {
    const { name } = newQueue(t);
    unlinkMessageQueue(name!);
    assertOsError(
      () => unlinkMessageQueue(name!),
      NotFound,
      "ENOENT",
      "mq_unlink",
    );
  },
);

test(
  "MessageQueue keeps its messages when nobody has it open",
  { ignore },
  (t) => {
    const name = queueName(t);
    {
      using queue = openMessageQueue(name, { createNew: true, ...small });
      queue.sendSync(bytes("waiting"));
    }
    using queue = openMessageQueue(name);
    assertEquals(queue.attributes().currentMessages, 1);
    assertEquals(text(queue.receiveSync()), "waiting");
  },
);

test(
  "MessageQueue.close() is idempotent, and every method throws BadResource after it",
  { ignore },
  async (t) => {
    const queue = newQueue(t);
    queue.close();
    queue.close();
    queue[Symbol.dispose]();
    assertEquals(queue.fd, -1);
    const buffer = new Uint8Array(64);
    for (
      const run of [
        () => queue.sendSync(buffer),
        () => queue.trySend(buffer),
        () => queue.receiveSync(),
        () => queue.tryReceive(),
        () => queue.receiveIntoSync(buffer),
        () => queue.tryReceiveInto(buffer),
        () => queue.attributes(),
        () => queue.stat(),
        () => queue.blocking,
        () => queue.blocking = true,
      ]
    ) assertThrows(run, BadResource);
    for (
      const run of [
        () => queue.send(buffer),
        () => queue.receive(),
        () => queue.receiveInto(buffer),
        () => queue.notification(),
      ]
    ) {
      assertEquals((await run().catch((error) => error)).name, "BadResource");
    }
    queue.unlink();
  },
);

test(
  "openMessageQueue() throws NotSupported and names the other class when there are no POSIX queues",
  {},
  (t) => {
    const before = capabilities.messageQueues;
    t.defer(() => {
      capabilities.messageQueues = before;
    });
    capabilities.messageQueues = false;
    for (
      const run of [
        () => openMessageQueue("/none", { create: true }),
        () => unlinkMessageQueue("/none"),
        () => MessageQueue.fromFd(0),
      ]
    ) {
      const error = assertThrows(run, NotSupported);
      assertStringIncludes(error.message, "SysvMessageQueue");
    }
  },
);
