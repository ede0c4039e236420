/** Waiting for System V queues. */

import { assertEquals, assertLess } from "@std/assert";
import { notLinux, test } from "../_util/test.ts";
import { bytes, newSysvQueue, sleep } from "./_sysv.ts";
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
  needs: ["all"],
  ignore: notLinux,
}, async (t) => {
  const queues = Array.from({ length: 50 }, () => newSysvQueue(t));
  const controller = new AbortController();
  const { signal } = controller;
  const waits = queues.map((queue) =>
    queue.receive({ signal }).catch(() => {})
  );
  await sleep(100);
  const before = processorTime();
  await sleep(500);
  const used = processorTime() - before;
  controller.abort();
  await Promise.all(waits);
  // A bound against spinning, not a measure: it is some 10 ms.
  assertLess(used, 150, `milliseconds of 500: ${used}`);
});

/** Processor time of this process so far, in milliseconds. */
function processorTime(): number {
  const stat = Deno.readTextFileSync("/proc/self/stat");
  const fields = stat.slice(stat.lastIndexOf(")")).split(" ");
  // utime and stime, in hundredths of a second.
  return 10 * (Number(fields[12]) + Number(fields[13]));
}
