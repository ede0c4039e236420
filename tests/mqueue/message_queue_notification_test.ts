/** Being told when a message comes to the empty queue. */

import { MessageQueue, openMessageQueue } from "@ipc/mqueue";
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { Conversation } from "../_util/child.ts";
import { notLinux, test } from "../_util/test.ts";
import { reasonOf, sleep } from "../_util/wait.ts";
import { bytes, drain, newQueue, withoutNotify } from "./_queue.ts";

const { BadResource, Busy, TimedOut } = Deno.errors;
const ignore = notLinux || await withoutNotify();

/** Whether a promise has settled by now. */
async function hasSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const note = () => void (settled = true);
  promise.then(note, note);
  await sleep(15);
  return settled;
}

test(
  "notification() resolves when a message comes to the empty queue, and receives nothing",
  { ignore },
  async (t) => {
    using queue = newQueue(t);
    const told = queue.notification();
    assertEquals(await hasSettled(told), false);
    queue.sendSync(bytes("stays"));
    await told;
    assertEquals(drain(queue), ["stays"]);
  },
);

test("notification() tells what came between the call and the wait for it", {
  ignore,
}, async (t) => {
  using queue = newQueue(t);
  const told = queue.notification();
  queue.sendSync(bytes("at once"));
  assertEquals(drain(queue), ["at once"]);
  await told;
});

test(
  "notification() does not resolve when the queue is not empty, until it has been",
  { ignore },
  async (t) => {
    using queue = newQueue(t);
    queue.sendSync(bytes("before"));
    const told = queue.notification();
    queue.sendSync(bytes("not to the empty queue"));
    assertEquals(await hasSettled(told), false);
    drain(queue);
    assertEquals(await hasSettled(told), false);
    queue.sendSync(bytes("to the empty queue"));
    await told;
  },
);

test("notification() is for one time", { ignore }, async (t) => {
  using queue = newQueue(t);
  for (let i = 0; i < 5; i++) {
    const told = queue.notification({ timeout: 5000 });
    queue.sendSync(bytes("x"));
    await told;
    drain(queue);
    queue.sendSync(bytes("nobody has asked"));
    drain(queue);
  }
  await assertRejects(
    () => queue.notification({ timeout: 5 }),
    TimedOut,
    queue.name!,
  );
});

test("notification() rejects with Busy when somebody has asked, and says who", {
  needs: ["run"],
  ignore,
}, async (t) => {
  using queue = newQueue(t);
  using same = openMessageQueue(queue.name);
  using sender = openMessageQueue(queue.name, { read: false });
  const told = queue.notification();
  for (const other of [queue, same]) {
    const error = await assertRejects(() => other.notification(), Busy);
    assertStringIncludes(error.message, "this process has");
    assertStringIncludes(error.message, queue.name!);
  }
  // Who opened it for sending cannot look who it is.
  await assertRejects(
    () => sender.notification(),
    Busy,
    "one process at a time",
  );
  queue.sendSync(bytes("x"));
  await told;
  drain(queue);

  const child = Conversation.withDeno("mqueue_notified.ts", [queue.name!]);
  t.defer(async () => void await child.end());
  assertEquals(await child.hear(), "asked");
  const error = await assertRejects(() => queue.notification(), Busy);
  assertStringIncludes(error.message, `process ${child.pid} has`);
  // The end of a process takes its request back.
  child.kill();
  await child.end();
  const free = queue.notification({ timeout: 5000 });
  queue.sendSync(bytes("x"));
  await free;
});

test("notification() tells a process of what another sends", {
  needs: ["run"],
  ignore,
}, async (t) => {
  using queue = newQueue(t);
  const child = Conversation.withDeno("mqueue_notified.ts", [queue.name!]);
  t.defer(async () => void await child.end());
  assertEquals(await child.hear(), "asked");
  queue.sendSync(bytes("over there"));
  assertEquals(await child.hear(), "told");
  assertEquals(drain(queue), ["over there"]);
});

for (const when of ["before", "meanwhile"] as const) {
  test(`notification() takes the request back when it is aborted ${when}`, {
    ignore,
  }, async (t) => {
    using queue = newQueue(t);
    const controller = new AbortController();
    if (when === "before") controller.abort("enough");
    const told = reasonOf(queue.notification({ signal: controller.signal }));
    await sleep(5);
    controller.abort("enough");
    assertEquals(await told, "enough");
    // Anybody may ask now.
    using other = openMessageQueue(queue.name);
    const next = other.notification();
    queue.sendSync(bytes("x"));
    await next;
  });
}

test(
  "notification() takes the request back when its time is over",
  { ignore },
  async (t) => {
    using queue = newQueue(t);
    await assertRejects(() => queue.notification({ timeout: 0 }), TimedOut);
    await assertRejects(() => queue.notification({ timeout: 10 }), TimedOut);
    assertEquals(
      (await reasonOf(queue.notification({ timeout: -1 })) as Error).name,
      "RangeError",
    );
    const next = queue.notification();
    queue.sendSync(bytes("x"));
    await next;
  },
);

test(
  "notification() rejects with BadResource when the queue is closed, and takes the request back",
  { ignore },
  async (t) => {
    using other = newQueue(t);
    const queue = openMessageQueue(other.name);
    const told = reasonOf(queue.notification());
    await sleep(5);
    queue.close();
    assert(await told instanceof BadResource);
    const next = other.notification();
    other.sendSync(bytes("x"));
    await next;
  },
);

test("notification() goes on when this process closes the queue elsewhere", {
  ignore,
}, async (t) => {
  // The kernel then removes every request that the process has made.
  using queue = newQueue(t);
  const told = queue.notification();
  for (let i = 0; i < 3; i++) {
    openMessageQueue(queue.name).close();
    assertEquals(await hasSettled(told), false);
  }
  openMessageQueue(queue.name).close();
  queue.sendSync(bytes("missed by the kernel"));
  await told;
});

test(
  "notification() leaves no descriptors behind",
  { needs: ["all"], ignore },
  async (t) => {
    using queue = newQueue(t);
    const sockets = () =>
      [...Deno.readDirSync("/proc/self/fd")].filter(({ name }) => {
        try {
          return Deno.readLinkSync(`/proc/self/fd/${name}`).startsWith(
            "socket",
          );
        } catch {
          return false;
        }
      }).length;
    const before = sockets();
    const told = queue.notification();
    assertEquals(sockets(), before + 1);
    queue.sendSync(bytes("x"));
    await told;
    await reasonOf(queue.notification({ timeout: 1 }));
    await reasonOf(queue.notification({ timeout: 1 }));
    assertEquals(sockets(), before);
  },
);

test("notifications() misses nothing when its loop empties the queue", {
  needs: ["run"],
  ignore,
  deadline: 20_000,
}, async (t) => {
  using queue = newQueue(t);
  const count = 3000;
  const child = Conversation.withDeno("mqueue_sender.ts", [
    queue.name!,
    `${count}`,
  ]);
  t.defer(async () => void await child.end());
  const received: string[] = [];
  let turns = 0;
  for await (const _ of queue.notifications()) {
    turns++;
    received.push(...drain(queue));
    if (received.length >= count) break;
  }
  assertEquals(received, Array.from({ length: count }, (_, i) => `${i}`));
  assert(turns > 1);
});

test(
  "notifications() tells of messages that are there, and as long as there are",
  { ignore },
  async (t) => {
    using queue = newQueue(t);
    queue.sendSync(bytes("a"));
    queue.sendSync(bytes("b"));
    const received: string[] = [];
    for await (const _ of queue.notifications()) {
      received.push(new TextDecoder().decode(queue.receiveSync().message));
      if (received.length === 2) {
        setTimeout(() => queue.sendSync(bytes("c")), 5);
      }
      if (received.length === 3) break;
    }
    assertEquals(received, ["a", "b", "c"]);
    // Leaving the loop has taken the request back.
    const next = queue.notification();
    queue.sendSync(bytes("x"));
    await next;
  },
);

test(
  "notifications() ends when the queue is closed, and rejects when it is aborted or somebody has asked",
  { ignore },
  async (t) => {
    const queue = newQueue(t);
    const controller = new AbortController();
    const { signal } = controller;
    const iterator = queue.notifications({ signal });
    const first = reasonOf(iterator.next());
    await sleep(5);
    await assertRejects(() => queue.notifications().next(), Busy);
    controller.abort("enough");
    assertEquals(await first, "enough");
    setTimeout(() => queue.close(), 5);
    for await (const _ of queue.notifications()) assert(false);
    assert(queue instanceof MessageQueue);
  },
);
