/** System V queues between processes and threads, some of which die. */

import { assert, assertEquals, assertLess } from "@std/assert";
import { Conversation, denoPeer, outcome, output } from "../_util/child.ts";
import { DEADLINE_FACTOR, notLinux, test } from "../_util/test.ts";
import { sleep } from "../_util/wait.ts";
import { bytes, drain, fill, newSysvQueue, show } from "./_sysv.ts";

const PEER = "sysv_mqueue_peer.ts";
const needs = ["run"] as const;

for (const way of ["echo", "echo_async"]) {
  test(
    `SysvMessageQueue carries messages to another process and back by ${way}`,
    {
      needs,
    },
    async (t) => {
      const queue = newSysvQueue(t);
      const child = output(denoPeer(PEER, [way, `${queue.id}`]));
      for (let i = 1; i <= 500; i++) {
        const message = crypto.getRandomValues(new Uint8Array(i));
        if (i % 2 === 0) queue.sendSync(message);
        else await queue.send(message);
        const received = i % 4 < 2
          ? queue.receiveSync({ type: 2 })
          : await queue.receive({ type: 2 });
        assertEquals(received, { message, type: 2 });
      }
      queue.sendSync(new Uint8Array(0));
      await child;
      assertEquals(drain(queue), ["2 "]);
    },
  );
}

for (const way of ["receive", "receive_async"]) {
  test(`SysvMessageQueue loses nothing when a process is killed in ${way}`, {
    needs,
    ignore: notLinux,
  }, async (t) => {
    const queue = newSysvQueue(t);
    const killed = Conversation.withDeno(PEER, [way, `${queue.id}`]);
    assertEquals(await killed.hear(), "waiting");
    await sleep(20);
    killed.kill();
    assertEquals((await killed.end()).signal, "SIGKILL");
    queue.sendSync(bytes("for the living"));
    assertEquals(
      show(queue.receiveSync({ timeout: 1000 })),
      "1 for the living",
    );
    const waiting = queue.receive();
    queue.sendSync(bytes("again"));
    assertEquals(show(await waiting), "1 again");
  });

  test(`SysvMessageQueue.send() wakes a process that waits in ${way}`, {
    needs,
  }, async (t) => {
    const queue = newSysvQueue(t);
    const child = Conversation.withDeno(PEER, [way, `${queue.id}`]);
    assertEquals(await child.hear(), "waiting");
    await sleep(20);
    queue.sendSync(bytes("good morning"));
    assertEquals(await child.hear(), "good morning");
    assert((await child.end()).success);
  });
}

/** The timers of a process, as the kernel lists them. */
async function timersOf(pid: number): Promise<string> {
  return await output(
    new Deno.Command("cat", { args: [`/proc/${pid}/timers`] }),
  );
}

test(
  "SysvMessageQueue.receiveSync() with a timeout goes by a clock that nobody sets",
  {
    needs,
    ignore: notLinux || !listsTimers() && "needs /proc/self/timers",
  },
  async (t) => {
    const queue = newSysvQueue(t);
    const child = Conversation.withDeno(PEER, [
      "receive_timeout",
      `${queue.id}`,
    ]);
    assertEquals(await child.hear(), "waiting");
    let timers = "";
    while (!timers.includes("ClockID")) timers = await timersOf(child.pid);
    const clocks = [...timers.matchAll(/ClockID: (.*)/g)].map(([, id]) => id);
    assertEquals(clocks, ["1"]); // CLOCK_MONOTONIC
    queue.sendSync(bytes("in time"));
    assertEquals(await child.hear(), "in time");
    assert((await child.end()).success);
  },
);

function listsTimers(): boolean {
  try {
    return new Deno.Command("cat", { args: ["/proc/self/timers"] })
      .outputSync().success;
  } catch {
    return false;
  }
}

for (const way of ["send", "send_async"]) {
  test(
    `SysvMessageQueue gets nothing from a process that is killed in ${way}`,
    {
      needs,
      ignore: notLinux,
    },
    async (t) => {
      const queue = newSysvQueue(t);
      const full = fill(queue);
      const killed = Conversation.withDeno(PEER, [way, `${queue.id}`]);
      assertEquals(await killed.hear(), "waiting");
      await sleep(20);
      killed.kill();
      await killed.end();
      assertEquals(drain(queue).length, full);
      assertEquals(await outcomeOf(queue.receive({ timeout: 20 })), "TimedOut");
    },
  );

  test(
    `SysvMessageQueue.receive() makes room for a process that waits in ${way}`,
    {
      needs,
    },
    async (t) => {
      const queue = newSysvQueue(t);
      const full = fill(queue);
      const child = Conversation.withDeno(PEER, [way, `${queue.id}`]);
      assertEquals(await child.hear(), "waiting");
      await sleep(20);
      queue.receiveSync();
      assert((await child.end()).success);
      assertEquals(drain(queue).length, full);
    },
  );
}

async function outcomeOf(promise: Promise<unknown>): Promise<string> {
  return await promise.then(() => "done", ({ name }) => name);
}

for (const way of ["receive", "receive_async", "send", "send_async"]) {
  test(`SysvMessageQueue.remove() ends the wait of another process in ${way}`, {
    needs,
  }, async (t) => {
    const queue = newSysvQueue(t);
    if (way.startsWith("send")) fill(queue);
    const child = denoPeer(PEER, [way, `${queue.id}`]).spawn();
    while (!(await hasWaiter(child.pid, queue.id))) await sleep(5);
    queue.remove();
    const { code, stderr } = await child.output();
    assertEquals(code, 1);
    const text = new TextDecoder().decode(stderr);
    assert(/NotFound: Cannot .* it was removed/.test(text), text);
  });
}

/** Whether a thread of a process has had time to sleep in a queue. */
async function hasWaiter(pid: number, id: number): Promise<boolean> {
  try {
    for (const { name } of Deno.readDirSync(`/proc/${pid}/task`)) {
      const call = Deno.readTextFileSync(`/proc/${pid}/task/${name}/syscall`);
      if (call.includes(` 0x${id.toString(16)} `)) return true;
    }
    return false;
  } catch {
    // Nobody may look there; then it has to be quick.
    await sleep(300);
    return true;
  }
}

test(
  "SysvMessageQueue lets the process end when nothing but an aborted wait is left",
  {
    needs,
  },
  async (t) => {
    const queue = newSysvQueue(t);
    const text = await output(denoPeer(PEER, ["give_up", `${queue.id}`]));
    assertLess(Number(text), 200 * DEADLINE_FACTOR);
    queue.sendSync(bytes("still there"));
    assertEquals(drain(queue), ["1 still there"]);
  },
);

test("SysvMessageQueue lets Deno.exit() end the process while it waits", {
  needs,
}, async (t) => {
  const queue = newSysvQueue(t);
  const { code } = await outcome(denoPeer(PEER, ["exit", `${queue.id}`]));
  assertEquals(code, 7);
  queue.sendSync(bytes("x"));
  assertEquals(drain(queue), ["1 x"]);
});
