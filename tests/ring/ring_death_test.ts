/** What one side notices when the other dies, and how soon. */

import { openRingReader, openRingWriter, unlinkRing } from "@ipc/ring";
import type { RingWriter } from "@ipc/ring";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { dirname } from "@std/path";
import { memoryPath } from "../../ring/_path.ts";
import { Conversation } from "../_util/child.ts";
import { test } from "../_util/test.ts";
import { sleep } from "../_util/wait.ts";
import { message, ringName } from "./_ring.ts";

const needs = ["run"] as const;
const { BrokenPipe, ConnectionReset, TimedOut } = Deno.errors;
/** A death is noticed sooner; the machine may be busy. */
const SOON = 1000;

function stream(...args: string[]): Conversation {
  return Conversation.withDeno("ring_stream.ts", args);
}

for (const way of ["async", "sync", "try"] as const) {
  test(`a reader (${way}) gets what was sent, and then the death`, {
    needs,
  }, async (scope) => {
    const name = ringName(scope);
    using reader = openRingReader(name, { createNew: true, capacity: 256 });
    const writer = stream(name, "write", "async", "1000000");
    assertEquals(await writer.hear(), "ready");
    for (let i = 0; i < 100; i++) assert(await reader.receive());
    writer.kill();
    await writer.end();
    const start = performance.now();
    const error = await rejection(async () => {
      for (;;) {
        if (way === "async") assert(await reader.receive());
        else if (way === "sync") assert(reader.receiveSync());
        else assert(reader.tryReceive() !== null);
      }
    });
    assert(error instanceof ConnectionReset, `${error}`);
    assert(performance.now() - start < SOON);
    // It is told once, and another may go on.
    assertThrows(() => reader.receiveSync({ timeout: 1 }), TimedOut);
    using next = openRingWriter(name);
    next.sendSync(message(3, 3));
    assertEquals(await reader.receive(), message(3, 3));
    next.close();
    assertEquals(await reader.receive(), null);
  });

  test(`a writer (${way}) that waits is told of the death`, {
    needs,
  }, async (scope) => {
    const name = ringName(scope);
    using writer = openRingWriter(name, { createNew: true, capacity: 64 });
    const reader = stream(name, "read", "sync", "0");
    assertEquals(await reader.hear(), "ready");
    await reader.end();
    const second = stream(name, "read", "async", "1000000");
    assertEquals(await second.hear(), "ready");
    second.kill();
    await second.end();
    const start = performance.now();
    const error = await rejection(async () => {
      for (;;) {
        if (way === "async") await writer.send(message(24));
        else if (way === "sync") writer.sendSync(message(24));
        else writer.trySend(message(24));
      }
    });
    assert(error instanceof BrokenPipe, `${error}`);
    assert(performance.now() - start < SOON);
    // Nobody makes room, so nothing waits for it, whether or not that was told.
    for (let i = 0; i < 3; i++) {
      assertThrows(() => fill(writer), BrokenPipe, "its consumer is gone");
      assertThrows(() => writer.sendSync(message(24)), BrokenPipe);
      assertThrows(() => writer.reserveSync(24), BrokenPipe);
      await assertRejects(() => writer.send(message(24)), BrokenPipe);
      await assertRejects(() => writer.reserve(24), BrokenPipe);
    }
    // What was sent is there for the next consumer, who wakes the writer.
    using next = openRingReader(name);
    assert(!writer.trySend(message(24)));
    const waits = writer.send(message(24, 7));
    assert(next.receiveSync());
    await waits;
  });
}

test("a send that would wake a reader finds out that it is dead", {
  needs,
}, async (scope) => {
  const name = ringName(scope);
  using writer = openRingWriter(name, { createNew: true });
  const reader = stream(name, "read", "sync", "1000000");
  assertEquals(await reader.hear(), "ready");
  await sleep(250);
  reader.kill();
  await reader.end();
  writer.sendSync(message(24, 1));
  assert(!writer.hasConsumer);
  assertThrows(() => writer.sendSync(message(24, 2)), BrokenPipe);
  using next = openRingReader(name);
  assertEquals(next.receiveSync(), message(24, 1));
});

test("all sends that wait are told that the reader is gone", {}, async (
  scope,
) => {
  const name = ringName(scope);
  using writer = openRingWriter(name, { createNew: true, capacity: 64 });
  assertThrows(() => fill(writer, { timeout: 1 }), TimedOut);
  const early = writer.send(message(24), { timeout: 5000 });
  const reader = openRingReader(name);
  assert(reader.receiveSync());
  await early;
  const waits = [1, 2, 3].map((i) => writer.send(message(24, i)));
  reader.close();
  for (const wait of waits) await assertRejects(() => wait, BrokenPipe);
  using next = openRingReader(name);
  assert(next.receiveSync());
  writer.sendSync(message(24, 4));
});

test("a send waits for nobody where nobody can come any more", {}, async (
  scope,
) => {
  const name = ringName(scope);
  using writer = openRingWriter(name, { createNew: true, capacity: 64 });
  assertThrows(() => fill(writer, { timeout: 1 }), TimedOut);
  unlinkRing(name);
  const options = { timeout: 5000 };
  await assertRejects(() => writer.send(message(24), options), BrokenPipe);
  assertThrows(() => writer.sendSync(message(24), options), BrokenPipe);
});

test("a send waits for nobody where the files of the ring were removed", {
  needs: ["read", "write"],
}, (scope) => {
  const name = ringName(scope);
  using writer = openRingWriter(name, { createNew: true, capacity: 64 });
  assertThrows(() => fill(writer, { timeout: 1 }), TimedOut);
  const folder = dirname(memoryPath(name));
  for (const file of Deno.readDirSync(folder)) {
    if (!file.name.startsWith(name.slice(1))) continue;
    Deno.removeSync(`${folder}/${file.name}`);
  }
  const start = performance.now();
  const options = { timeout: 5000 };
  assertThrows(() => writer.sendSync(message(24), options), BrokenPipe);
  assert(performance.now() - start < SOON);
});

/** Sends until there is no room. */
function fill(writer: RingWriter, options?: { timeout: number }): void {
  for (let i = 0; i < 10; i++) {
    if (options) writer.sendSync(message(24), options);
    else if (!writer.trySend(message(24))) return;
  }
}

async function rejection(run: () => Promise<void>): Promise<unknown> {
  try {
    await run();
    return undefined;
  } catch (error) {
    return error;
  }
}

test("a reader that waits is told of a writer's death at once", {
  needs,
}, async (scope) => {
  const name = ringName(scope);
  using reader = openRingReader(name, { createNew: true });
  const writer = stream(name, "write", "sync", "0");
  assertEquals(await writer.hear(), "ready");
  assertEquals(await reader.receive(), null);
  await writer.end();

  const sleeper = Conversation.withDeno("ring_hold.ts", [name, "write"]);
  assertEquals(await sleeper.hear(), "ready");
  const waits = assertRejects(() => reader.receive(), ConnectionReset);
  await sleep(50);
  const start = performance.now();
  sleeper.kill();
  await waits;
  assert(performance.now() - start < SOON);
  await sleeper.end();
});

test("a death while it holds a view, or a reservation, harms nobody", {
  needs,
}, async (scope) => {
  const name = ringName(scope);
  using writer = openRingWriter(name, {
    createNew: true,
    capacity: 64,
    dropOldest: true,
  });
  for (let i = 0; i < 10; i++) writer.sendSync(message(8, i));
  const holder = Conversation.withDeno("ring_hold.ts", [name, "peek"]);
  assertEquals(await holder.hear(), "ready");
  // Nothing that is looked at is dropped.
  assert(!writer.trySend(message(24, 10)));
  const waits = writer.send(message(24, 10), { timeout: 5000 });
  holder.kill();
  await holder.end();
  await waits; // what the dead one looked at is dropped
  writer.sendSync(message(24, 11));
  writer.close();

  const reserver = Conversation.withDeno("ring_hold.ts", [name, "reserve"]);
  assertEquals(await reserver.hear(), "ready");
  using reader = openRingReader(name);
  let last = 0;
  const ends = rejection(async () => {
    for (;;) last = (await reader.receive())![0]!;
  });
  reserver.kill();
  await reserver.end();
  assert(await ends instanceof ConnectionReset);
  assertEquals(last, 11);
});
