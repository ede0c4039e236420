/** Short sleeps of a thread in which an event loop runs. */

import { assert, assertEquals, assertGreater } from "@std/assert";
import { Streak } from "../../libc/event_loop_turn.ts";
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
  const transfers = new Transfers<null, number>({ fd: reader, close() {} }, {
    action: "wait",
    event: POLLIN,
    naps: true,
    check: () => start = performance.now(),
    attempt() {
      const time = performance.now() - start;
      return time < milliseconds ? undefined : time;
    },
    waker: {
      arm: () => (waits++, queueMicrotask(() => transfers.serve())),
      disarm() {},
      close() {},
    },
  }, "adaptive");
  // What is called for the first time takes long, and others may run now.
  for (let round = 0; round < 20; round++) {
    milliseconds = 0.01;
    for (let i = 0; i < 50; i++) await transfers.run(null, undefined);
    [milliseconds, waits] = [0.25, 0];
    await transfers.run(null, { timeout: 1000 });
    if (waits === 0) break;
  }
  assertEquals(waits, 0);
  transfers.close();
});

test(
  "Streak gives others a turn more often when each wait is a nap",
  {},
  () => {
    const streak = new Streak();
    const turns = (hasNapped: boolean) =>
      Array.from({ length: 128 }, () => streak.isOver(false, hasNapped))
        .filter(Boolean).length;
    assertEquals([turns(false), turns(true)], [1, 8]);
  },
);
