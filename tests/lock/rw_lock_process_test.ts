/** A reader-writer lock between processes, and their deaths. */

import { RW_LOCK_SIZE, RwLock } from "@ipc/lock";
import { assert, assertEquals, assertFalse } from "@std/assert";
import { Conversation } from "../_util/child.ts";
import { test } from "../_util/test.ts";
import { memory } from "./_memory.ts";

async function peer(name: string, way: string): Promise<Conversation> {
  const peer = Conversation.withDeno("rw_lock_peer.ts", [name, way]);
  assertEquals(await peer.hear(), "ok");
  return peer;
}

for (const way of ["sync", "async"]) {
  test(
    `RwLock is free when a reader was killed, ${way}`,
    { needs: ["run"] },
    async (t) => {
      const shared = memory(t);
      using lock = new RwLock(shared.buffer);
      const reader = await peer(shared.name!, "read");
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
    `RwLock tells that a writer was killed, ${way}`,
    { needs: ["run"] },
    async (t) => {
      const shared = memory(t);
      using lock = new RwLock(shared.buffer);
      for (const next of ["Read", "Write"] as const) {
        const writer = await peer(shared.name!, "write");
        assertEquals(lock.tryAcquireRead(), undefined);
        assertEquals(lock.tryAcquireWrite(), undefined);
        const waiting = way === "async" ? lock[`acquire${next}`]() : undefined;
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

test("RwLock is whole after 12 of its users were killed at random", {
  needs: ["run"],
  deadline: 20_000,
}, async (t) => {
  const shared = memory(t);
  using lock = new RwLock(shared.buffer);
  const numbers = new Float64Array(shared.buffer, RW_LOCK_SIZE, 2);
  const peers = await Promise.all(
    [1, 2].map(() => peer(shared.name!, "hammer")),
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
    peers.push(await peer(shared.name!, "hammer"));
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
