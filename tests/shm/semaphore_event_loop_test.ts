/** What a wait does to the event loop: nothing. */

import { openSemaphore } from "@ipc/shm";
import { assert } from "@std/assert";
import { DEADLINE_FACTOR, test } from "../_util/test.ts";

/** The longest turns of the event loop over a time: the 99th percentile. */
async function turns(milliseconds: number): Promise<number> {
  const gaps: number[] = [];
  const channel = new MessageChannel();
  const end = performance.now() + milliseconds;
  let last = performance.now();
  await new Promise<void>((resolve) => {
    channel.port1.onmessage = () => {
      const now = performance.now();
      gaps.push(now - last);
      last = now;
      if (now >= end) resolve();
      else channel.port2.postMessage(0);
    };
    channel.port2.postMessage(0);
  });
  channel.port1.close();
  channel.port2.close();
  gaps.sort((a, b) => a - b);
  return gaps[Math.floor(gaps.length * 0.99)]!;
}

test(
  "Semaphore.acquire() holds up the event loop for no more than 2 ms when it waits",
  {},
  async (t) => {
    using semaphore = openSemaphore(t.name(), { create: true });
    const tries: string[] = [];
    for (let i = 0; i < 5; i++) {
      const idle = await turns(100);
      const waiting = semaphore.acquire();
      const busy = await turns(300);
      semaphore.release();
      await waiting;
      tries.push(`${busy.toFixed(2)} ms, without a wait ${idle.toFixed(2)} ms`);
      if (busy <= 2 * DEADLINE_FACTOR) return;
    }
    assert(false, `In every try: ${tries.join("; ")}`);
  },
);
