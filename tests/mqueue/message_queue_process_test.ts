/** Queues between processes and threads, and what becomes of them. */

import { openMessageQueue } from "@ipc/mqueue";
import type { MessageQueue } from "@ipc/mqueue";
import { assert, assertEquals, assertLess } from "@std/assert";
import {
  Conversation,
  denoPeer,
  output,
  withoutProgram,
} from "../_util/child.ts";
import { DEADLINE_FACTOR, notLinux, test } from "../_util/test.ts";
import type { TestScope } from "../_util/test.ts";
import { sleep } from "../_util/wait.ts";
import { bytes, fill, newQueue, text } from "./_queue.ts";

const ignore = notLinux;
const withRun = { needs: ["run"], ignore } as const;

/** Kills a process, unless it has ended. */
async function stop(child: Conversation): Promise<void> {
  try {
    child.kill();
  } catch {
    return;
  }
  await child.end();
}

/** Starts a process that answers every message of one queue on another. */
async function echo(
  t: TestScope,
  way: string,
  wait: string,
): Promise<[MessageQueue, MessageQueue, Conversation]> {
  const there = newQueue(t);
  const back = newQueue(t);
  const child = Conversation.withDeno("mqueue_echo.ts", [
    there.name!,
    back.name!,
    way,
    wait,
  ]);
  t.defer(() => stop(child));
  assertEquals(await child.hear(), "ready");
  return [there, back, child];
}

for (const way of ["sync", "async", "iterate", "into"]) {
  for (const wait of ["adaptive", "block"]) {
    test(
      `MessageQueue carries messages to another process and back, ${way}, with wait "${wait}"`,
      withRun,
      async (t) => {
        const [there, back] = await echo(t, way, wait);
        for (let i = 0; i < 200; i++) {
          const message = crypto.getRandomValues(new Uint8Array(i % 65));
          if (i % 2 === 0) there.sendSync(message, { priority: i });
          else await there.send(message, { priority: i });
          const answer = i % 3 === 0
            ? back.receiveSync()
            : await back.receive();
          assertEquals(answer, { message, priority: i });
        }
      },
    );
  }
}

test(
  "receive() waits on while its sender is killed, and the queue goes on",
  withRun,
  async (t) => {
    const [there, back, child] = await echo(t, "sync", "adaptive");
    const waiting = back.receive();
    await stop(child);
    await sleep(10);
    using other = openMessageQueue(back.name);
    other.sendSync(bytes("from somebody else"));
    assertEquals(text(await waiting), "from somebody else");
    assertEquals(there.attributes().currentMessages, 0);
  },
);

test(
  "send() waits on while its receiver is killed, and the messages stay for the next",
  withRun,
  async (t) => {
    const [there, , child] = await echo(t, "stall", "adaptive");
    const count = fill(there);
    const waiting = there.send(bytes("last"));
    await stop(child);
    using other = openMessageQueue(there.name);
    for (let i = 0; i < count; i++) {
      assertEquals([
        ...other.receiveSync().message,
      ], [i]);
    }
    await waiting;
    assertEquals(text(other.receiveSync()), "last");
  },
);

test(
  "receiveSync() is killed with its process, and takes nothing with it",
  withRun,
  async (t) => {
    for (let round = 0; round < 3; round++) {
      const [there, , child] = await echo(
        t,
        "sync",
        round === 0 ? "block" : "adaptive",
      );
      await sleep(20);
      child.kill();
      await child.end();
      there.sendSync(bytes("for nobody yet"));
      assertEquals(text(there.tryReceive()), "for nobody yet");
    }
  },
);

test(
  "MessageQueue works in a worker",
  { needs: ["read"], ignore },
  async (t) => {
    using there = newQueue(t);
    using back = newQueue(t);
    const url = new URL("../_peers/mqueue_worker.ts", import.meta.url);
    const worker = new Worker(url, { type: "module" });
    t.defer(() => worker.terminate());
    const done = new Promise((resolve) => worker.onmessage = resolve);
    worker.postMessage([there.name, back.name]);
    for (let i = 0; i < 20; i++) {
      await there.send(bytes(`${i}`), { priority: i });
      const { message, priority } = await back.receive();
      assertEquals([text(message), priority], [`${i}`, i]);
    }
    there.sendSync(bytes("end"));
    await done;
  },
);

test(
  "MessageQueue gives each message to one of several processes",
  withRun,
  async (t) => {
    using there = newQueue(t);
    using back = newQueue(t);
    const count = 300;
    const children = await Promise.all([1, 2, 3].map(async (_, index) => {
      const way = ["sync", "async", "iterate"][index]!;
      const child = Conversation.withDeno("mqueue_echo.ts", [
        there.name!,
        back.name!,
        way,
        "adaptive",
      ]);
      t.defer(() => stop(child));
      assertEquals(await child.hear(), "ready");
      return child;
    }));
    assertEquals(children.length, 3);
    const sending = (async () => {
      for (let i = 0; i < count; i++) await there.send(bytes(`${i}`));
    })();
    const seen = new Set<string>();
    for (let i = 0; i < count; i++) seen.add(text(await back.receive()));
    await sending;
    assertEquals(seen.size, count);
  },
);

/** Whether a process sleeps in a system call. */
async function sleepsIn(pid: number, numbers: string[]): Promise<boolean> {
  const cat = new Deno.Command("cat", { args: [`/proc/${pid}/syscall`] });
  for (let i = 0; i < 200; i++) {
    const { stdout } = await cat.output();
    const [call] = new TextDecoder().decode(stdout).split(" ");
    if (numbers.includes(call!)) return true;
    await sleep(5);
  }
  return false;
}

// poll waits for a time, mq_timedreceive for a moment of the clock that is
// set, or, in the place of mq_receive, without a limit.
const calls = {
  poll: ["7", "73", "271"], // x86-64, arm64 (ppoll), arm64 emulated
  mq_timedreceive: ["243", "183"], // x86-64, arm64
};

for (
  const [way, wait, call] of [
    ["timeout", "block", "poll"],
    ["timeout", "adaptive", "poll"],
    ["sync", "adaptive", "poll"],
    ["sync", "block", "mq_timedreceive"],
  ] as const
) {
  const words = way === "sync" ? "without a timeout" : "with a timeout";
  test(`receiveSync() ${words} sleeps in ${call} with wait "${wait}"`, {
    needs: ["run"],
    ignore: ignore || withoutProgram("cat") ||
      !seesCalls() && "needs /proc/self/syscall",
  }, async (t) => {
    const [, , child] = await echo(t, way, wait);
    assert(await sleepsIn(child.pid, calls[call]));
  });
}

function seesCalls(): boolean {
  try {
    return new Deno.Command("cat", { args: ["/proc/self/syscall"] })
      .outputSync().success;
  } catch {
    return false;
  }
}

test(
  "receive() lets the process end when nothing but an aborted wait is left",
  withRun,
  async (t) => {
    using queue = newQueue(t);
    const start = performance.now();
    assertEquals(
      await output(denoPeer("mqueue_give_up.ts", [queue.name!])),
      "enough",
    );
    assertLess(performance.now() - start, 5000 * DEADLINE_FACTOR);
    queue.sendSync(bytes("x"));
    assertEquals(text(queue.tryReceive()), "x");
  },
);

test("receive() on fifty queues takes one thread, and next to no time", {
  ...withRun,
  needs: ["all"],
}, async (t) => {
  const names = Array.from(
    { length: 50 },
    () => newQueue(t, { maxMessages: 1, messageSize: 8 }).name!,
  );
  const child = Conversation.withDeno("mqueue_idle.ts", names);
  t.defer(() => stop(child));
  const threads = () => [...Deno.readDirSync(`/proc/${child.pid}/task`)].length;
  assertEquals(await child.hear(), "one");
  const one = threads();
  const cpu = Number(await child.hear());
  // The engine may start one of its own, but none waits for each queue.
  assertLess(threads(), one + 5);
  assertLess(cpu, 0.1 * DEADLINE_FACTOR);
  for (const name of names) {
    using queue = openMessageQueue(name);
    queue.sendSync(bytes("x"));
  }
  assertEquals(await child.hear(), "50 messages");
});
