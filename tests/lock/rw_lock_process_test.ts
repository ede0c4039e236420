/** A reader-writer lock between processes, and their deaths. */

import { RW_LOCK_SIZE, RwLock } from "@ipc/lock";
import { assert, assertEquals, assertFalse } from "@std/assert";
import { compileC, Conversation, withoutProgram } from "../_util/child.ts";
import { test, type TestScope } from "../_util/test.ts";
import { sleep } from "../_util/wait.ts";
import { memory } from "./_memory.ts";

const noC = withoutProgram("cc");
const needs = ["run", "write", "read"] as const;

/** The C program, compiled once for each test. */
const programs = new WeakMap<TestScope, Promise<string>>();

/** A process on the other side, in one of the languages. */
async function peer(
  t: TestScope,
  language: string,
  name: string,
  way: string,
): Promise<Conversation> {
  const args = [name, way];
  let peer: Conversation;
  if (language === "Deno") {
    peer = Conversation.withDeno("rw_lock_peer.ts", args);
  } else {
    const program = programs.get(t) ?? compileC("rw_lock_peer.c", t.folder());
    programs.set(t, program);
    peer = new Conversation(await program, args);
  }
  assertEquals(await peer.hear(), "ok");
  return peer;
}

for (const language of ["Deno", "C"]) {
  const ignore = language === "C" && noC;

  for (const way of ["sync", "async"]) {
    test(
      `RwLock is free when a reader in ${language} was killed, ${way}`,
      { needs, ignore },
      async (t) => {
        const shared = memory(t);
        using lock = new RwLock(shared.buffer);
        const reader = await peer(t, language, shared.name!, "read");
        lock.tryAcquireRead()!.release();
        assertEquals(lock.tryAcquireWrite(), undefined);
        const waiting = way === "async" ? lock.acquireWrite() : undefined;
        reader.kill();
        const write = await waiting ?? lock.acquireWriteSync();
        assertFalse(write.ownerDied);
        await reader.end();
      },
    );

    test(
      `RwLock tells that a writer in ${language} was killed, ${way}`,
      { needs, ignore },
      async (t) => {
        const shared = memory(t);
        using lock = new RwLock(shared.buffer);
        for (const next of ["Read", "Write"] as const) {
          const writer = await peer(t, language, shared.name!, "write");
          assertEquals(lock.tryAcquireRead(), undefined);
          assertEquals(lock.tryAcquireWrite(), undefined);
          const waiting = way === "async"
            ? lock[`acquire${next}`]()
            : undefined;
          writer.kill();
          const held = await waiting ?? lock[`acquire${next}Sync`]();
          assert(held.ownerDied);
          held.release();
          await writer.end();
        }
        assert(lock.acquireWriteSync().ownerDied, "nobody has marked it");
      },
    );
  }
}

test("RwLock keeps a process in C out, and lets it in", {
  needs,
  ignore: noC,
}, async (t) => {
  const shared = memory(t);
  using lock = new RwLock(shared.buffer);
  const other = await peer(t, "C", shared.name!, "commands");

  const write = lock.acquireWriteSync();
  assertEquals(await other.ask("read 0"), "EBUSY");
  assertEquals(await other.ask("write 30"), "ETIMEDOUT");
  await other.say("read -1");
  await sleep(40);
  write.release();
  assertEquals(await other.hear(), "ok");
  assertEquals(await other.ask("write 0"), "EDEADLK");

  // Both read; a writer that waits keeps new readers out.
  lock.acquireReadSync().release();
  const waiting = lock.acquireWrite();
  await sleep(40);
  assertEquals(lock.tryAcquireRead(), undefined);
  assertEquals(await other.ask("done"), "ok");
  (await waiting).release();

  // The other way round.
  const read = lock.acquireReadSync();
  assertEquals(await other.ask("write 30"), "ETIMEDOUT");
  await other.say("write -1");
  await sleep(40);
  assertEquals(lock.tryAcquireWrite(), undefined);
  read.release();
  assertEquals(await other.hear(), "ok");
  assertEquals(await other.ask("read 0"), "EDEADLK");
  const reading = lock.acquireRead();
  assertEquals(await other.ask("done"), "ok");
  assertFalse((await reading).ownerDied);
  other.kill();
  await other.end();
});

test("RwLock is whole after 12 of its users were killed at random", {
  needs,
  deadline: 20_000,
}, async (t) => {
  const languages = noC ? ["Deno", "Deno"] : ["Deno", "C"];
  const shared = memory(t);
  using lock = new RwLock(shared.buffer);
  const numbers = new Float64Array(shared.buffer, RW_LOCK_SIZE, 2);
  const peers = await Promise.all(
    languages.map((language) => peer(t, language, shared.name!, "hammer")),
  );
  for (let i = 0; i < 12; i++) {
    const end = performance.now() + 5 + i % 7;
    while (performance.now() < end) {
      {
        using read = lock.acquireReadSync();
        assert(read.ownerDied || numbers[0] === numbers[1]);
      }
      using write = await lock.acquireWrite();
      if (write.ownerDied) {
        assert(Math.abs(numbers[0]! - numbers[1]!) <= 1);
        numbers[1] = numbers[0]!;
        write.markConsistent();
      }
      assertEquals(numbers[0], numbers[1]);
      numbers[0]!++;
      numbers[1]!++;
    }
    const victim = peers.shift()!;
    victim.kill();
    assertEquals((await victim.end()).signal, "SIGKILL");
    // They come in turns, and go in turns.
    peers.push(await peer(t, languages[i % 2]!, shared.name!, "hammer"));
  }
  for (const peer of peers) peer.kill();
  for (const peer of peers) {
    assertEquals((await peer.end()).signal, "SIGKILL", "none saw a fault");
  }
  const write = lock.acquireWriteSync();
  write.markConsistent();
  write.release();
  assertFalse(lock.acquireReadSync().ownerDied);
});
