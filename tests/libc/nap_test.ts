/** Short sleeps of a thread in which an event loop runs. */

import { assert, assertEquals, assertGreater } from "@std/assert";
import { eventLoopTurn, Streak } from "../../libc/event_loop_turn.ts";
import { pollBriefly, POLLIN } from "../../libc/poll.ts";
import { Transfers } from "../../libc/transfers.ts";
import { close, pipe, tryWrite } from "../../libc/unistd.ts";
import { DEADLINE_FACTOR, notLinux, test } from "../_util/test.ts";
import type { TestScope } from "../_util/test.ts";

const ignore = notLinux;

function newPipe(t: TestScope): { reader: number; writer: number } {
  const ends = pipe();
  t.defer(() => close(ends.reader));
  t.defer(() => close(ends.writer));
  return ends;
}

test("pollBriefly() returns when the time is over", { ignore }, (t) => {
  const { reader } = newPipe(t);
  const start = performance.now();
  pollBriefly(reader, POLLIN, 0.5);
  assertGreater(performance.now() - start, 0.49);
});

test("pollBriefly() returns when there is something", { ignore }, (t) => {
  const { reader, writer } = newPipe(t);
  tryWrite(writer, new Uint8Array(1));
  const start = performance.now();
  pollBriefly(reader, POLLIN, 900);
  assert(performance.now() - start < 450 * DEADLINE_FACTOR);
});

test("run() sleeps in its thread when the answer is near", {
  ignore,
}, async (t) => {
  const { reader } = newPipe(t);
  let [start, milliseconds, waits] = [0, 0.01, 0];
  let [runs, sleeps, rests] = [0, 0, 0];
  const transfers = new Transfers<null, number>({ fd: reader, close() {} }, {
    action: "wait",
    event: POLLIN,
    naps: true,
    check: () => (runs++, start = performance.now()),
    attempt() {
      const time = performance.now() - start;
      return time < milliseconds ? undefined : time;
    },
    waker: {
      arm: () => (waits++, queueMicrotask(() => transfers.serve())),
      disarm() {},
      rest: () => rests++,
      close() {},
    },
  }, "adaptive");
  async function run(length: number): Promise<void> {
    [milliseconds, waits] = [length, 0];
    await transfers.run(null, { timeout: 1000 });
    if (waits > 0) sleeps++;
  }
  // What is called for the first time takes long, and others may run now.
  for (let round = 0; round < 20; round++) {
    for (let i = 0; i < 50; i++) await run(0.01);
    await run(0.25);
    if (waits === 0) break;
  }
  assertEquals(waits, 0);
  // However long each takes, what watches rests once in 32 without a sleep.
  for (let i = 0; i < 64; i++) await run(0.25);
  assertEquals(rests, Math.floor((runs - sleeps) / 32));
  transfers.close();
});

/** Uses the processor, so that nobody else has a turn. */
function work(milliseconds: number): void {
  const start = performance.now();
  while (performance.now() - start < milliseconds);
}

test("Streak gives others a turn when they have waited", {}, async () => {
  const streak = new Streak();
  // How many waits there are until one gives a turn, of those that are tried.
  const count = (most: number, hasNapped = false) => {
    for (let i = 1; i <= most; i++) {
      if (streak.isOver(false, hasNapped)) return i;
    }
    return Infinity;
  };
  work(3);
  assert(count(100) <= 32);
  // Nobody has taken it yet.
  assertEquals(count(100), 32);
  // Each of these waits is long, so that it looks at the clock at once.
  assertEquals(count(1, true), 1);
  for (let round = 0;; round++) {
    await eventLoopTurn();
    const start = performance.now();
    const [short, nap] = [count(100), count(1, true)];
    // This may have taken long, too.
    if (performance.now() - start > 1.5 && round < 100) continue;
    assertEquals([short, nap], [Infinity, Infinity]);
    break;
  }
});
