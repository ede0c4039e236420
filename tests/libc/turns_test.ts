/** When to sleep at once, because both sides share a processor. */

import { assert, assertEquals } from "@std/assert";
import { Spin } from "../../libc/spin.ts";
import { Turns, UNCLOCKED } from "../../libc/turns.ts";
import { test } from "../_util/test.ts";

/** As many waits as are measured once, each of so many milliseconds. */
function wait(turns: Turns, start: number, each: number): number {
  for (let i = 0; i < UNCLOCKED; i++) turns.count();
  const next = start + (UNCLOCKED + 1) * each;
  turns.measure(next);
  return next;
}

/** What has learnt that sleeping is better. */
function learnt(): Turns {
  const turns = new Turns();
  for (let i = 0, start = 5; i < 5; i++) start = wait(turns, start, 0.008);
  assert(turns.isSleepBetter);
  return turns;
}

test(
  "sleeping is better where one yield ends one quick wait after the other",
  {},
  () => {
    const turns = new Turns();
    assertEquals(turns.isSleepBetter, false);
    let start = 5;
    for (let i = 0; i < 4; i++) {
      start = wait(turns, start, 0.008);
      assertEquals(turns.isSleepBetter, false, `after ${i}`);
    }
    wait(turns, start, 0.008);
    assert(turns.isSleepBetter);
  },
);

test(
  "sleeping is better once the other side knows it, and is first",
  {},
  () => {
    for (const quick of [3, 4]) {
      const turns = new Turns();
      let start = 5;
      for (let i = 0; i < quick; i++) start = wait(turns, start, 0.008);
      assertEquals(turns.isSleepBetter, false);
      // Now there is something to wait for once in a while.
      wait(turns, start, 0.08);
      assertEquals(turns.isSleepBetter, quick === 4, `after ${quick}`);
    }
  },
);

test("sleeping is no better where a wait is for many messages", {}, () => {
  const turns = new Turns();
  for (let i = 0, start = 5; i < 100; i++) start = wait(turns, start, 0.02);
  assertEquals(turns.isSleepBetter, false);
});

test("sleeping is no better where one yield in eight is not enough", {}, () => {
  const turns = new Turns();
  for (let i = 0, start = 5; i < 100; i++) {
    for (let j = 0; j < UNCLOCKED - 1; j++) turns.count();
    turns.measure(start += 0.06);
  }
  assertEquals(turns.isSleepBetter, false);
});

test("what is better has to show again after some thousand sleeps", {}, () => {
  const turns = learnt();
  let count = 0;
  while (turns.isSleepBetter) count += 1 + turns.sleep(0.004);
  assert(count > 500 && count < 5000, `${count} sleeps`);
});

test(
  "sleeping is no better once it takes to wake another processor",
  {},
  () => {
    const turns = learnt();
    assertEquals(turns.sleep(0.03), 0);
    assertEquals(turns.isSleepBetter, false);
  },
);

test("sleeping is no better once a look without a yield was enough", {}, () => {
  const turns = learnt();
  turns.forget();
  assertEquals(turns.isSleepBetter, false);
});

test("Spin sleeps without a look while that is better", {}, () => {
  const spin = new Spin("adaptive", 0, undefined, new Turns());
  const without = new Spin("adaptive", 0);
  const deadline = performance.now() + 5000;
  while (!spin.isSleepBetter) {
    for (const one of [spin, without]) {
      one.begin();
      assert(one.next());
      one.hit();
    }
    assert(performance.now() < deadline, "it learns nothing");
  }
  assertEquals([spin.isLookWorthIt, without.isLookWorthIt], [false, true]);
  // Most of these sleeps need not be measured.
  let measured = 0;
  for (let i = 0; i < 70 && spin.isSleepBetter; i++) {
    if (spin.sleepsUnmeasured()) continue;
    measured++;
    spin.sleep();
    spin.wake();
  }
  assert(measured <= 10, `${measured} sleeps were measured`);
});
