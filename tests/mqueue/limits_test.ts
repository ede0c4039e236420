/** What the system allows, and what errors say of it. */

import { limits } from "@ipc/mqueue";
import { capabilities } from "@ipc/libc";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  denoPeer,
  hasProgram,
  output,
  withoutProgram,
} from "../_util/child.ts";
import { notLinux, test } from "../_util/test.ts";
import type { TestScope } from "../_util/test.ts";
import { newQueue } from "./_queue.ts";

const ignore = notLinux;

interface Failure {
  name: string;
  code: string;
  message: string;
}

/** A user of whom nobody else has queues, if this is root. */
function someUser(): string {
  return String(100_000 + Math.floor(Math.random() * 1e6));
}

/** Makes attempts in another process, as another user. */
async function attempts<T = Failure>(
  user: string,
  attempts: string[],
  through?: [string, ...string[]],
): Promise<T[]> {
  const options = through === undefined ? {} : { through };
  const child = denoPeer("mqueue_attempts.ts", [user, ...attempts], options);
  return JSON.parse(await output(child));
}

test(
  "limits() has what the kernel's files say",
  { needs: ["all"], ignore },
  () => {
    const read = (path: string) =>
      Number(Deno.readTextFileSync(`/proc/sys/${path}`));
    const { posix, sysv } = limits();
    assertEquals(posix, {
      maxMessages: read("fs/mqueue/msg_max"),
      maxMessageSize: read("fs/mqueue/msgsize_max"),
      defaultMaxMessages: read("fs/mqueue/msg_default"),
      defaultMessageSize: read("fs/mqueue/msgsize_default"),
      maxQueues: read("fs/mqueue/queues_max"),
      maxBytes: posix!.maxBytes,
      maxBytesHard: posix!.maxBytesHard,
      maxPriority: 32_767,
    });
    assertEquals(sysv, {
      maxMessageSize: read("kernel/msgmax"),
      maxQueueBytes: read("kernel/msgmnb"),
      maxQueues: read("kernel/msgmni"),
    });
    const line = Deno.readTextFileSync("/proc/self/limits").match(
      /^Max msgqueue size +(\S+) +(\S+)/m,
    )!;
    const [soft, hard] = [line[1]!, line[2]!].map((word) =>
      word === "unlimited" ? Infinity : Number(word)
    );
    assertEquals([posix!.maxBytes, posix!.maxBytesHard], [soft, hard]);
  },
);

test("limits() reads them as they are, with no permission but that for FFI", {
  ignore,
}, () => {
  const { posix, sysv } = limits();
  assert(
    posix!.maxMessages >= 1 && posix!.defaultMaxMessages <= posix!.maxMessages,
  );
  assert(posix!.maxBytes > 0 && sysv!.maxMessageSize > 0);
});

test("limits() has no POSIX limits when there are no POSIX queues", {}, (t) => {
  const before = capabilities.messageQueues;
  t.defer(() => void (capabilities.messageQueues = before));
  capabilities.messageQueues = false;
  assertEquals(limits().posix, undefined);
});

/** Sets RLIMIT_MSGQUEUE, which all may lower. */
function withBytes(bytes: number): [string, ...string[]] {
  return ["prlimit", `--msgqueue=${bytes}`];
}
const limiting = {
  needs: ["run"],
  ignore: notLinux || withoutProgram("prlimit"),
} as const;

test(
  "openMessageQueue() names RLIMIT_MSGQUEUE, its value and the bytes needed when a user has too many queues",
  limiting,
  async () => {
    const { defaultMaxMessages: count, defaultMessageSize: size } = limits()
      .posix!;
    const needed = count * size + count * 96;
    const allowed = Math.max(819_200, needed);
    const [failure] = await attempts(
      someUser(),
      ['many:{"count":10000}'],
      withBytes(allowed),
    );
    assertEquals([failure!.name, failure!.code], ["Error", "EMFILE"]);
    for (
      const part of [
        "RLIMIT_MSGQUEUE",
        `${allowed} bytes`,
        `${needed} bytes`,
        "ulimit -q",
      ]
    ) {
      assertStringIncludes(failure!.message, part);
    }
    assert(!/too many open files/i.test(failure!.message), failure!.message);
  },
);

test(
  "openMessageQueue() counts the bytes of a queue as the kernel does",
  limiting,
  async () => {
    // As many as it says fit, and with one byte less they do not.
    const options = JSON.stringify({ maxMessages: 7, messageSize: 100 });
    const user = someUser();
    const needed = 7 * 100 + 7 * 96;
    assertEquals(
      await attempts(user, [`new:${options}`], withBytes(needed)),
      ["done"] as unknown[],
    );
    const [failure] = await attempts(
      user,
      [`new:${options}`],
      withBytes(needed - 1),
    );
    assertStringIncludes(failure!.message, `${needed} bytes`);
  },
);

test("openMessageQueue() says that descriptors are too many when they are", {
  needs: ["run"],
  ignore: notLinux ||
    !hasProgram("sh", ["-c", "ulimit -n 64"]) && "needs a shell",
}, async (t) => {
  const { name } = newQueue(t);
  const [failure] = await attempts("-", [`descriptors:${name}`], [
    "sh",
    "-c",
    'ulimit -n 64 && exec "$0" "$@"',
  ]);
  assertEquals(failure!.code, "EMFILE");
  assertStringIncludes(
    failure!.message,
    "RLIMIT_NOFILE allows this process 64",
  );
});

for (
  const [option, setting, max] of [
    ["maxMessages", "msg_max", "maxMessages"],
    ["messageSize", "msgsize_max", "maxMessageSize"],
  ] as const
) {
  test(
    `openMessageQueue() names fs.mqueue.${setting} and its value when ${option} is above it`,
    {
      needs: ["run"],
      ignore,
    },
    async () => {
      const allowed = limits().posix![max];
      const other = option === "maxMessages" ? "messageSize" : "maxMessages";
      const asked = JSON.stringify({ [option]: allowed + 1, [other]: 1 });
      const [failure] = await attempts(someUser(), [`new:${asked}`]);
      assertEquals([failure!.name, failure!.code], ["TypeError", "EINVAL"]);
      for (
        const part of [
          `${option} ${allowed + 1}`,
          `fs.mqueue.${setting}`,
          `allows, ${allowed}`,
          `sysctl fs.mqueue.${setting}=`,
        ]
      ) {
        assertStringIncludes(failure!.message, part);
      }
      assert(!failure!.message.includes("Invalid argument"), failure!.message);
    },
  );
}

/** Needs the right to have another IPC namespace, with limits of its own. */
const namespace = ["unshare", "--ipc", "sh", "-c"] as const;
const canUnshare = hasProgram("unshare", [
  "--ipc",
  "sh",
  "-c",
  "echo 2 >/proc/sys/fs/mqueue/queues_max",
]);

test(
  "openMessageQueue() names fs.mqueue.queues_max when there are too many queues",
  {
    needs: ["run"],
    ignore: notLinux || !canUnshare && "needs the right to unshare",
  },
  async () => {
    const script = 'echo 2 >/proc/sys/fs/mqueue/queues_max && exec "$0" "$@"';
    const [failure] = await attempts(
      someUser(),
      ['many:{"count":4,"maxMessages":1,"messageSize":8}'],
      [...namespace, script],
    );
    assertEquals(failure!.code, "ENOSPC");
    assertStringIncludes(failure!.message, "fs.mqueue.queues_max");
    assertStringIncludes(failure!.message, "2 queues");
  },
);

test("limits() follows a setting that changes", {
  needs: ["run"],
  ignore: notLinux || !canUnshare && "needs the right to unshare",
}, async () => {
  const script = 'echo 77 >/proc/sys/fs/mqueue/msg_max && exec "$0" "$@"';
  const [outcome, failure] = await attempts(
    someUser(),
    [
      'new:{"maxMessages":77,"messageSize":8}',
      'new:{"maxMessages":78,"messageSize":8}',
    ],
    [...namespace, script],
  );
  assertEquals(outcome, "done" as unknown);
  assertStringIncludes(failure!.message, "allows, 77");
});

/** Needs root, to become another user. */
const isRoot = hasProgram("sh", ["-c", 'test "$(id -u)" = 0']);

test(
  "openMessageQueue() and unlinkMessageQueue() throw PermissionDenied when another user has the queue",
  {
    needs: ["run"],
    ignore: notLinux || !isRoot && "needs root",
  },
  async (t: TestScope) => {
    const closed = newQueue(t).name;
    const readable = newQueue(t, { mode: 0o604 }).name;
    const writable = newQueue(t, { mode: 0o602 }).name;
    const outcomes = await attempts<Failure | "done">(someUser(), [
      ...["open", "read", "write", "create", "unlink"].map((verb) =>
        `${verb}:${closed}`
      ),
      `read:${readable}`,
      `write:${readable}`,
      `write:${writable}`,
      `read:${writable}`,
    ]);
    const seen = outcomes.map((outcome) =>
      outcome === "done" ? outcome : `${outcome.name} ${outcome.code}`
    );
    const denied = "PermissionDenied EACCES";
    // The umask may have taken the bit for others that lets them write.
    assertEquals(seen.slice(0, 4), [denied, denied, denied, denied]);
    assert(/^PermissionDenied E(ACCES|PERM)$/.test(seen[4]!), seen[4]);
    assertEquals(seen.slice(5, 7), ["done", denied]);
    assertEquals(seen[8], denied);
    assertStringIncludes((outcomes[0] as Failure).message, closed!);
  },
);
