/** When to sleep at once, because both sides share a processor. */

import { assert, assertEquals } from "@std/assert";
import { Spin } from "../../libc/spin.ts";
import { Turns, UNCLOCKED } from "../../libc/turns.ts";
import { test } from "../_util/test.ts";

/**
 * Waits, of which one is measured.
 *
 * @param start When the last one began, in milliseconds.
 * @param each How long it takes from one to the next.
 * @param milliseconds How long the measured one takes.
 * @returns When that began.
 */
function wait(
  turns: Turns,
  start: number,
  each: number,
  milliseconds = each,
): number {
  for (let i = 0; i < UNCLOCKED; i++) turns.count();
  const next = start + (UNCLOCKED + 1) * each;
  turns.measure(next, milliseconds);
  return next;
}

/** What has seen so many quick waits in a row, and when they ended. */
function after(count: number): [Turns, number] {
  const turns = new Turns();
  // How long it was before the first of them is not known.
  let start = wait(turns, 5, 0.008);
  for (let i = 0; i < count; i++) {
    assertEquals(turns.isSleepBetter, false, `after ${i}`);
    start = wait(turns, start, 0.008);
  }
  return [turns, start];
}

/** What has learnt that sleeping is better. */
function learnt(): Turns {
  const [turns] = after(6);
  assert(turns.isSleepBetter);
  return turns;
}

test(
  "sleeping is better where one yield ends one quick wait after the other",
  {},
  () => {
    learnt();
  },
);

test(
  "sleeping is better once the other side knows it, and is first",
  {},
  () => {
    for (const count of [2, 3, 5]) {
      const [turns, start] = after(count);
      assertEquals(turns.isSleepBetter, false);
      // Now there is something to wait for once in a while.
      wait(turns, start, 0.08, 0.008);
      assertEquals(turns.isSleepBetter, count >= 3, `after ${count}`);
    }
  },
);

test("sleeping is better again after one sleep that was too long", {}, () => {
  for (const count of [1, 2]) {
    const turns = learnt();
    for (let i = 0; i < count; i++) {
      assertEquals(turns.sleep(0.03), 0);
      assertEquals(turns.isSleepBetter, false);
    }
    wait(turns, 100, 0.08, 0.008);
    assertEquals(turns.isSleepBetter, count === 1, `after ${count}`);
  }
});

test("sleeping is no better where a wait is for many messages", {}, () => {
  const [turns, end] = after(5);
  for (let i = 0, start = end; i < 100; i++) start = wait(turns, start, 0.03);
  assertEquals(turns.isSleepBetter, false);
});

test("sleeping is no better where one yield in eight is not enough", {}, () => {
  const [turns, end] = after(5);
  for (let i = 0, start = end; i < 100; i++) {
    for (let j = 0; j < UNCLOCKED - 1; j++) turns.count();
    turns.measure(start += 0.06, 0.008);
  }
  assertEquals(turns.isSleepBetter, false);
});

test("what is better has to show again after thousands of sleeps", {}, () => {
  const turns = learnt();
  let count = 0;
  while (turns.isSleepBetter) count += 1 + turns.sleep(0.004);
  assert(count > 500 && count < 5000, `${count} sleeps`);
  wait(turns, 100, 0.08, 0.008);
  assertEquals(turns.isSleepBetter, false);
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
