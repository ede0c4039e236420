/** Waiting for System V queues. */

import { assertEquals, assertLess } from "@std/assert";
import { denoPeer, output } from "../_util/child.ts";
import { test } from "../_util/test.ts";
import { bytes, newSysvQueue } from "./_sysv.ts";
import { testWaits } from "./_sysv_waits.ts";

testWaits("looks first", () => {});
testWaits("sleeps at once", () => {}, "block");

test(
  "SysvMessageQueue.receive() lets timers have their turn when messages are always there",
  {},
  async (t) => {
    const queue = newSysvQueue(t);
    let isOver = false;
    setTimeout(() => isOver = true, 10);
    let count = 0;
    for (; !isOver; count++) {
      await queue.send(bytes("x"));
      await queue.receive();
    }
    assertEquals(queue.stat().currentMessages, 0);
  },
);

test("SysvMessageQueue.receive() sleeps while it waits", {
  needs: ["run"],
}, async (t) => {
  const queue = newSysvQueue(t);
  const text = await output(
    denoPeer("sysv_mqueue_peer.ts", ["idle", `${queue.id}`]),
  );
  // A bound against spinning, not a measure: it is some 10 ms.
  const most = Deno.build.arch === "aarch64" ? 300 : 150; // may be emulated
  assertLess(Number(text), most, `milliseconds of 500: ${text}`);
});
