/** What a consumer of several producers is told when one of them dies. */

import { openRingReader, openRingWriter } from "@ipc/ring";
import type { RingReader } from "@ipc/ring";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { Conversation } from "../_util/child.ts";
import { test } from "../_util/test.ts";
import type { TestScope } from "../_util/test.ts";
import { sleep } from "../_util/wait.ts";
import { message, ringName } from "./_ring.ts";

const needs = ["run"] as const;
const { ConnectionReset, TimedOut } = Deno.errors;
/** A death is noticed sooner; the machine may be busy. */
const SOON = 1000;

/** A producer in another process, which has sent so many messages, and waits. */
async function producer(
  scope: TestScope,
  name: string,
  count = 0,
): Promise<Conversation> {
  const peer = Conversation.withDeno("ring_hold.ts", [
    name,
    "write",
    `${count}`,
  ]);
  scope.defer(() => stop(peer));
  assertEquals(await peer.hear(), "ready");
  return peer;
}

/** Kills a process, if it lives, and waits for its end. */
async function stop(peer: Conversation): Promise<void> {
  try {
    peer.kill();
  } catch {
    // It is dead.
  }
  await peer.end();
}

/** Kills a process soon, also while this thread is blocked. */
function killLater(peer: Conversation): Promise<Deno.CommandStatus> {
  const args = ["-c", `sleep 0.05; kill -9 ${peer.pid}`];
  return new Deno.Command("sh", { args }).spawn().status;
}

/** All ways to wait: each returns the bytes of one message, or the end. */
const ways: Record<string, (reader: RingReader) => Promise<unknown>> = {
  receive: (reader) => reader.receive(),
  receiveSync: (reader) => Promise.resolve(reader.receiveSync()),
  receiveInto: async (reader) => {
    const own = new Uint8Array(64);
    const length = await reader.receiveInto(own);
    return length === null ? null : own.slice(0, length);
  },
  peekSync(reader) {
    const view = reader.peekSync()?.slice() ?? null;
    reader.release();
    return Promise.resolve(view);
  },
  async tryReceive(reader) {
    for (;;) {
      const found = reader.tryReceive();
      if (found !== undefined) return found;
      await sleep(1);
    }
  },
  async messages(reader) {
    for await (const message of reader) return message;
    return null;
  },
  async batches(reader) {
    for await (const [message] of reader.batches({ maxMessages: 1 })) {
      return message;
    }
    return null;
  },
};

async function death(wait: () => Promise<unknown>): Promise<Error> {
  try {
    return new Error(`It got ${await wait()}`);
  } catch (error) {
    return error as Error;
  }
}

for (const [way, take] of Object.entries(ways)) {
  test(`${way}() tells which of several producers has died, and goes on`, {
    needs,
  }, async (scope) => {
    const name = ringName(scope);
    using reader = openRingReader(name, { createNew: true, producers: 4 });
    using living = openRingWriter(name);
    const idle = await producer(scope, name);
    const busy = await producer(scope, name, 3);

    // One that has sent nothing, while the reader waits.
    for (let i = 0; i < 3; i++) assertEquals(await take(reader), message(8, i));
    let killed = killLater(idle);
    const start = performance.now();
    let error = await death(() => take(reader));
    assert(error instanceof ConnectionReset, `${error}`);
    assert(performance.now() - start < SOON);
    assertEquals(error.cause, { pid: idle.pid, lane: 1 });
    assert(error.message.includes(`lane 1 (process ${idle.pid})`));
    await killed;
    assertEquals(reader.producers, 2);
    assertThrows(() => reader.receiveSync({ timeout: 5 }), TimedOut);

    // The others go on, and so does the one that takes its place.
    living.sendSync(message(8, 10));
    assertEquals(await take(reader), message(8, 10));
    const next = await producer(scope, name, 1);
    assertEquals(await take(reader), message(8, 0));
    killed = killLater(next);
    error = await death(() => take(reader));
    assertEquals(error.cause, { pid: next.pid, lane: 1 }, `${error}`);
    await killed;

    killed = killLater(busy);
    error = await death(() => take(reader));
    assertEquals(error.cause, { pid: busy.pid, lane: 2 }, `${error}`);
    await killed;
    living.close();
    assertEquals(await take(reader), null);
  });
}

test("a death is told after all that was sent before it", {
  needs,
}, async (scope) => {
  const name = ringName(scope);
  using reader = openRingReader(name, { createNew: true, producers: 3 });
  using living = openRingWriter(name);
  const first = await producer(scope, name, 20);
  const second = await producer(scope, name, 30);
  living.sendSync(message(8, 99));
  for (const peer of [first, second]) {
    await stop(peer);
  }
  await sleep(50);
  const counts = new Map<unknown, number>([[99, 0]]);
  const dead = new Set<number>();
  for (let last = -1, others = 0; dead.size < 2;) {
    try {
      const value = (await reader.receive({ timeout: 1000 }))![0]!;
      if (value === 99) counts.set(99, 1);
      else if (value === last + 1 || value === 0) others++;
      last = value;
    } catch (error) {
      assert(error instanceof ConnectionReset, `${error}`);
      const { pid, lane } = error.cause as { pid: number; lane: number };
      assertEquals(pid, lane === 1 ? first.pid : second.pid);
      dead.add(lane);
      // What that one has sent has come before.
      assert(others >= (lane === 1 ? 20 : 30), `${others} messages`);
      if (dead.size === 2) assertEquals(others, 50);
    }
  }
  assertThrows(() => reader.receiveSync({ timeout: 5 }), TimedOut);
});

test("a death is told while others keep the reader busy", {
  needs,
}, async (scope) => {
  for (const isAsync of [false, true]) {
    const name = ringName(scope);
    using reader = openRingReader(name, {
      createNew: true,
      producers: 2,
      capacity: 4096,
    });
    const idle = await producer(scope, name);
    const args = [name, "write", "sync", "1000000000"];
    const busy = Conversation.withDeno("ring_stream.ts", args);
    scope.defer(() => stop(busy));
    assertEquals(await busy.hear(), "ready");
    const killed = killLater(idle);
    const start = performance.now();
    let count = 0;
    const error = await death(async () => {
      for (;; count++) {
        if (!isAsync) reader.receiveSync();
        else for await (const batch of reader.batches()) count += batch.length;
      }
    });
    assert(performance.now() - start < SOON);
    assertEquals(error.cause, { pid: idle.pid, lane: 0 }, `${error}`);
    assert(count > 10, `${count} messages`);
    await killed;
    await stop(busy);
  }
});

test("a death is told soon, however much others have sent", {
  needs,
}, async (scope) => {
  for (const isAsync of [false, true]) {
    const name = ringName(scope);
    using reader = openRingReader(name, { createNew: true, producers: 2 });
    using living = openRingWriter(name);
    const dead = await producer(scope, name);
    await stop(dead);
    let count = 0;
    const error = await death(async () => {
      for (; count < 100_000; count++) {
        while (living.trySend(message(56)));
        if (isAsync) await reader.receive();
        else reader.receiveSync();
      }
    });
    assertEquals(error.cause, { pid: dead.pid, lane: 1 }, `${error}`);
    // It is looked for at one of 16 turns of 64 messages.
    assert(count <= 17 * 64, `${count} messages`);
  }
});

test("a death is told although another has taken the place", {
  needs,
}, async (scope) => {
  for (const producers of [1, 2]) {
    const name = ringName(scope);
    using reader = openRingReader(name, { createNew: true, producers });
    const dead = await producer(scope, name, 2);
    await stop(dead);
    using heir = openRingWriter(name);
    heir.sendSync(message(8, 7));
    const seen: unknown[] = [];
    const error = await death(async () => {
      for (;;) seen.push((await reader.receive())![0]);
    });
    assertEquals(error.cause, { pid: dead.pid, lane: 0 }, `${error}`);
    assertEquals(seen.slice(0, 2), [0, 1]);
    if (seen.length === 2) assertEquals(reader.receiveSync(), message(8, 7));
    heir.close();
    assertEquals(reader.receiveSync(), null);
  }
});

test("a consumer that comes later is told of a death before", {
  needs,
}, async (scope) => {
  const name = ringName(scope);
  openRingReader(name, { createNew: true, producers: 2 }).close();
  using _living = openRingWriter(name);
  const dead = await producer(scope, name, 1);
  await stop(dead);
  using reader = openRingReader(name);
  assertEquals(reader.producers, 1);
  assertEquals(reader.receiveSync(), message(8, 0));
  assertThrows(() => reader.receiveSync(), ConnectionReset, `${dead.pid}`);
  assertThrows(() => reader.receiveSync({ timeout: 5 }), TimedOut);
});
