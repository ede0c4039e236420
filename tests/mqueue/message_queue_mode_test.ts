/** Both directions of one queue, of which the system knows one mode. */

import { openMessageQueue } from "@ipc/mqueue";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { notLinux, test } from "../_util/test.ts";
import { bytes, newQueue, text } from "./_queue.ts";

const { TimedOut } = Deno.errors;
const ROUNDS = 8;

for (const wait of ["adaptive", "block"] as const) {
  test(
    `where one direction of a queue waits, the other one does so only if it is to, with wait "${wait}"`,
    { needs: ["all"], ignore: notLinux },
    async (t) => {
      const queue = newQueue(t, { wait, maxMessages: 1 });
      using other = openMessageQueue(queue.name);
      const url = new URL("./_slow_peer.ts", import.meta.url);
      const peer = new Worker(url, { type: "module" });
      t.defer(() => peer.terminate());
      const told = () => new Promise((resolve) => peer.onmessage = resolve);
      await told();
      const mine = bytes("mine");
      for (let round = 0; round < 2; round++) {
        // Both directions are tried without a wait, so both return at once.
        assertEquals(queue.trySend(mine), true);
        assertEquals(queue.trySend(mine), false);
        assertEquals(text(queue.tryReceive()), "mine");
        assertEquals(queue.tryReceive(), undefined);
        // One waits for long, as often as it takes to do that in the call.
        peer.postMessage({ name: queue.name, way: "send", count: ROUNDS });
        for (let i = 0; i < ROUNDS; i++) {
          assertEquals(text(queue.receiveSync()), "slow");
        }
        await told();
        assertEquals(queue.trySend(mine), true);
        assertEquals(queue.trySend(mine), false);
        const send = () => queue.sendSync(mine, { timeout: 1 });
        assertThrows(send, TimedOut);
        // And the other way round.
        peer.postMessage({ name: queue.name, way: "receive", count: ROUNDS });
        for (let i = 0; i < ROUNDS; i++) queue.sendSync(mine);
        await told();
        assertEquals(text(other.receiveSync()), "mine");
        assertEquals(queue.tryReceive(), undefined);
        assertThrows(() => queue.receiveSync({ timeout: 1 }), TimedOut);
      }
      // Once an event loop watches one direction, no call of the other waits.
      const waiting = queue.receive();
      other.sendSync(mine);
      assertEquals(text(await waiting), "mine");
      peer.postMessage({ name: queue.name, way: "receive", count: ROUNDS });
      for (let i = 0; i < ROUNDS; i++) queue.sendSync(mine);
      await told();
      queue.trySend(mine);
      await assertRejects(() => queue.send(mine, { timeout: 1 }), TimedOut);
      const info = Deno.readTextFileSync(`/proc/self/fdinfo/${queue.fd}`);
      const flags = parseInt(info.match(/flags:\s*(\d+)/)![1]!, 8);
      assertEquals(flags & 0o4000, 0o4000);
    },
  );
}
