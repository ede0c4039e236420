/** The same queues as C, Python and the kernel's file system see them. */

import { openMessageQueue } from "@ipc/mqueue";
import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { denoPeer, hasProgram, output } from "../_util/child.ts";
import { cPeer, pythonPeer } from "../_util/foreign_peer.ts";
import { notLinux, test } from "../_util/test.ts";
import { sleep } from "../_util/wait.ts";
import { bytes, newQueue, queueName, text, withoutNotify } from "./_queue.ts";

const c = cPeer("mqueue_peer.c");
const peers = [
  c,
  pythonPeer("mqueue_peer.py", "ctypes", ["ctypes"]),
  pythonPeer("mqueue_peer.py", "posix_ipc", ["posix_ipc"]),
];

for (const { who, options, prepare } of peers) {
  test(
    `openMessageQueue() opens the queue that ${who} created`,
    options,
    async (t) => {
      const peer = await prepare(t);
      const name = queueName(t);
      await peer("create", name, "3", "100");
      using queue = openMessageQueue(name);
      assertEquals(queue.attributes(), {
        maxMessages: 3,
        messageSize: 100,
        currentMessages: 0,
      });
      await peer("unlink", name);
      assertThrows(() => openMessageQueue(name), Deno.errors.NotFound);
    },
  );

  test(
    `openMessageQueue() shows its queue to ${who} when it created it`,
    options,
    async (t) => {
      const peer = await prepare(t);
      using queue = newQueue(t);
      queue.sendSync(bytes("one"));
      assertEquals(await peer("attributes", queue.name!), "4 64 1");
    },
  );

  test(
    `receive() and receiveSync() get what ${who} sends, with its priority`,
    options,
    async (t) => {
      const peer = await prepare(t);
      using queue = newQueue(t);
      const waiting = queue.receive({ timeout: 8000 });
      await peer("send", queue.name!, "7", "from the peer, größer");
      assertEquals(await waiting, {
        message: bytes("from the peer, größer"),
        priority: 7,
      });
      await peer("send", queue.name!, "32767", "");
      assertEquals(queue.receiveSync(), {
        message: bytes(""),
        priority: 32_767,
      });
    },
  );

  test(
    `send() and sendSync() reach ${who}, with their priority`,
    options,
    async (t) => {
      const peer = await prepare(t);
      using queue = newQueue(t);
      await queue.send(bytes("low"), { priority: 1 });
      queue.sendSync(bytes("high, höher"), { priority: 2 });
      assertEquals(await peer("receive", queue.name!), "2 high, höher");
      assertEquals(await peer("receive", queue.name!), "1 low");
      // It waits in mq_receive, and gets the message without the queue.
      const waiting = peer("receive", queue.name!);
      await sleep(50);
      queue.sendSync(bytes("awaited"), { priority: 3 });
      assertEquals(await waiting, "3 awaited");
    },
  );
}

test(
  "MessageQueue talks with a C program back and forth",
  c.options,
  async (t) => {
    const peer = await c.prepare(t);
    using there = newQueue(t);
    using back = newQueue(t);
    const count = 2000;
    const echo = peer("echo", there.name!, back.name!, `${count}`);
    for (let i = 0; i < count; i++) {
      if (i % 2 === 0) {
        there.sendSync(bytes(`${i}`), { priority: i });
        assertEquals(text(back.receiveSync()), `${i}`);
      } else {
        await there.send(bytes(`${i}`), { priority: i });
        assertEquals((await back.receive()).priority, i);
      }
    }
    await echo;
  },
);

/** Needs the right to mount, which root has, unless it is in a container. */
const mount = ["--mount", "--propagation", "private", "sh", "-c"];
const canMount = hasProgram("unshare", [
  ...mount,
  "mount -t mqueue none /mnt",
]);

test("MessageQueue is what the kernel's file system shows", {
  needs: ["run", "write"],
  ignore: notLinux || !canMount && "needs the right to mount",
}, async (t) => {
  const folder = t.folder();
  using queue = newQueue(t, { mode: 0o640 });
  queue.sendSync(bytes("12345"));
  queue.sendSync(bytes("678"));
  const told = queue.notification().catch(() => {});
  const shown = await output(
    new Deno.Command("unshare", {
      args: [
        ...mount,
        'mount -t mqueue none "$0" && cd "$0" && stat -c "%a %u %g %h" "$1" && cat "$1"',
        folder,
        queue.name!.slice(1),
      ],
    }),
  );
  const { mode, uid, gid, nlink } = queue.stat();
  const [stat, contents] = shown.split("\n") as [string, string];
  assertEquals(stat, `${mode.toString(8)} ${uid} ${gid} ${nlink}`);
  const notify = await withoutNotify()
    ? "NOTIFY:0 +SIGNO:0 +NOTIFY_PID:0"
    : `NOTIFY:2 +SIGNO:0 +NOTIFY_PID:${Deno.pid}`;
  assertMatch(contents, new RegExp(`^QSIZE:8 +${notify}\\s*$`));
  queue.receiveSync();
  queue.receiveSync();
  queue.sendSync(bytes("x"));
  await told;
});

test(
  "openMessageQueue() follows the umask, and unlinkMessageQueue() removes the file",
  {
    needs: ["run", "write"],
    ignore: notLinux || !canMount && "needs the right to mount",
  },
  async (t) => {
    const name = queueName(t);
    const script = 'mount -t mqueue none "$0" && umask 027 && ' +
      '"$@" >/dev/null && stat -c %a "$0"/*' + name.slice(1);
    const inside = denoPeer("mqueue_create.ts", [name, "666"], {
      through: ["unshare", ...mount, script, t.folder()],
    });
    assertEquals(await output(inside), "640");
  },
);
