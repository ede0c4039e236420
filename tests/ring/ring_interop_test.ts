/** Rings with C, both ways, and deaths at every step of the protocol. */

import { openRingReader, openRingWriter, unlinkRing } from "@ipc/ring";
import type { RingReader } from "@ipc/ring";
import { assert, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import {
  compileC,
  Conversation,
  output,
  withoutProgram,
} from "../_util/child.ts";
import { MessageChecker, MessageWriter } from "../_util/ring_messages.ts";
import { notLinux, test } from "../_util/test.ts";
import { ringName } from "./_ring.ts";

const needs = ["run", "read", "write"] as const;
const ignore = notLinux || withoutProgram("cc");
const COUNT = 20_000;
/** The steps of `ring.h`, by who makes them. */
const PRODUCER_STEPS = [1, 2, 3, 4, 8, 9, 10, 11, 12, 13, 15];
const CONSUMER_STEPS = [1, 2, 3, 4, 5, 6, 7, 12, 14];

test("C receives what is sent", { needs, ignore }, async (scope) => {
  const name = ringName(scope);
  using writer = openRingWriter(name, { createNew: true, capacity: 1024 });
  const peer = await compileC("ring_peer.c", scope.folder());
  const received = output(
    new Deno.Command(peer, { args: [name, "read", `${COUNT + 1}`] }),
  );
  const messages = new MessageWriter(0, writer.maxMessageLength);
  for (let i = 0; i < COUNT; i++) {
    const message = messages.bytes.subarray(0, messages.write(i));
    if (i % 3 === 0) await writer.send(message);
    else writer.sendSync(message);
  }
  writer.close();
  assertEquals(await received, `ready\nend ${COUNT}`);
});

test("what C sends is received", { needs, ignore }, async (scope) => {
  const name = ringName(scope);
  using reader = openRingReader(name, { createNew: true, capacity: 1024 });
  const peer = await compileC("ring_peer.c", scope.folder());
  const sent = output(
    new Deno.Command(peer, { args: [name, "write", `${COUNT}`] }),
  );
  const checker = new MessageChecker(reader.maxMessageLength);
  for await (const batch of reader.batches()) {
    for (const message of batch) checker.check(message);
  }
  assertEquals(checker.count, COUNT);
  assertEquals(await sent, "ready\nsent");
});

test("a producer that dies at any step leaves what it sent, and no more", {
  needs,
  ignore,
  deadline: 60_000,
}, async (scope) => {
  const peer = await compileC("ring_peer.c", scope.folder());
  for (const step of PRODUCER_STEPS) {
    for (const occurrence of [1, 5]) {
      const name = ringName(scope);
      using reader = openRingReader(name, { createNew: true, capacity: 256 });
      const checker = new MessageChecker(reader.maxMessageLength);
      const child = new Deno.Command(peer, {
        args: [name, "write", "300", "0", `${step}`, `${occurrence}`],
        stdout: "null",
      }).spawn();
      const end = await drain(reader, checker, step * occurrence % 2 === 0);
      const { signal } = await child.status;
      // One that dies before it is there is no producer that died.
      const isThere = ![1, 2, 12].includes(step);
      if (signal !== null && step !== 15) {
        assertEquals(end, isThere ? "ConnectionReset" : "TimedOut");
      } else assertEquals(end, "null");
      // The next producer goes on where that one ended.
      const from = checker.next[0]!;
      const next = output(
        new Deno.Command(peer, { args: [name, "write", "50", `${from}`] }),
      );
      while (checker.next[0]! < from + 50) checker.check(reader.receiveSync()!);
      assertEquals(await next, "ready\nsent");
      assertEquals(reader.receiveSync(), null);
      unlinkRing(name);
    }
  }
});

/** Receives until the end, or the death, of the producer: says which. */
async function drain(
  reader: RingReader,
  checker: MessageChecker,
  isAsync: boolean,
): Promise<string> {
  for (;;) {
    try {
      const timeout = 500;
      const message = isAsync
        ? await reader.receive({ timeout })
        : reader.receiveSync({ timeout });
      if (message === null) return "null";
      checker.check(message);
    } catch (error) {
      return (error as Error).name;
    }
  }
}

test("a consumer that dies at any step has taken each message once", {
  needs,
  ignore,
  deadline: 60_000,
}, async (scope) => {
  const peer = await compileC("ring_peer.c", scope.folder());
  for (const step of CONSUMER_STEPS) {
    const name = ringName(scope);
    using writer = openRingWriter(name, { createNew: true, capacity: 256 });
    const child = new Deno.Command(peer, {
      args: [name, "read", "1000000", "0", `${step}`, "3"],
      stdout: "null",
    }).spawn();
    const messages = new MessageWriter(0, writer.maxMessageLength);
    let sent = 0;
    for (; sent < 300; sent++) {
      try {
        const message = messages.bytes.subarray(0, messages.write(sent));
        if (step % 2 === 0) writer.sendSync(message, { timeout: 500 });
        else await writer.send(message, { timeout: 500 });
      } catch (error) {
        assert(
          error instanceof Deno.errors.BrokenPipe ||
            error instanceof Deno.errors.TimedOut,
          `${error}`,
        );
        break;
      }
    }
    if (sent === 300) child.kill("SIGKILL");
    await child.status;
    writer.close();
    using reader = openRingReader(name);
    const first = reader.tryReceive();
    const checker = new MessageChecker(reader.maxMessageLength);
    if (first) {
      checker.next[0] = new DataView(first.buffer, first.byteOffset).getInt32(
        4,
        true,
      );
      checker.check(first);
      for (let m; (m = reader.receiveSync()) !== null;) checker.check(m);
      // Nothing is missing between what it took and the last one.
      assertEquals(checker.next[0], sent);
    }
    unlinkRing(name);
  }
});

test("the examples in C read and write lines", {
  needs,
  ignore,
}, async (scope) => {
  const name = ringName(scope);
  openRingReader(name, { createNew: true, capacity: 4096 }).close();
  const folder = scope.folder();
  const programs = await Promise.all(
    ["ring_reader", "ring_writer"].map(async (program) => {
      const source = fromFileUrl(
        new URL(`../../examples/ring/${program}.c`, import.meta.url),
      );
      const path = `${folder}/${program}`;
      await output(
        new Deno.Command("cc", { args: ["-O2", "-o", path, source] }),
      );
      return path;
    }),
  );
  const reader = new Conversation(programs[0]!, [name]);
  assertEquals(await reader.hear(), "ready");
  const writer = new Conversation(programs[1]!, [name]);
  await writer.say("two teas");
  assertEquals(await reader.hear(), "two teas");
  await writer.say("and a coffee");
  assertEquals(await reader.hear(), "and a coffee");
  await writer.end();
  assertEquals((await reader.end()).code, 0);
});
