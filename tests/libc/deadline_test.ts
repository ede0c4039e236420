import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  checkTimeout,
  deadlineAfter,
  MAX_TIMEOUT,
  timedOut,
} from "../../libc/deadline.ts";
import { test } from "../_util/test.ts";
import { sleep } from "../_util/wait.ts";

test("checkTimeout() returns the milliseconds, Infinity for ever", {}, () => {
  assertEquals(checkTimeout(0), 0);
  assertEquals(checkTimeout(1.5), 1.5);
  assertEquals(checkTimeout(undefined), Infinity);
  assertEquals(checkTimeout(Infinity), Infinity);
});

test("checkTimeout() shortens a timeout that no timer holds", {}, () => {
  assertEquals(checkTimeout(MAX_TIMEOUT), MAX_TIMEOUT);
  assertEquals(checkTimeout(MAX_TIMEOUT + 1), MAX_TIMEOUT);
  assertEquals(checkTimeout(1e300), MAX_TIMEOUT);
});

test("MAX_TIMEOUT does not pass at once", {}, async () => {
  let passed = false;
  const timer = setTimeout(() => passed = true, MAX_TIMEOUT);
  await sleep(5);
  clearTimeout(timer);
  assert(!passed);
});

test("checkTimeout() throws when the timeout is negative or NaN", {}, () => {
  for (const timeout of [-1, -0.001, -Infinity, NaN]) {
    assertThrows(
      () => checkTimeout(timeout),
      RangeError,
      `Cannot use timeout ${timeout}: it must be 0 or more milliseconds`,
    );
  }
});

test("checkTimeout() throws when it gets no number", {}, () => {
  for (const timeout of ["1", 1n, null, {}]) {
    assertThrows(() => checkTimeout(timeout as number), TypeError);
  }
});

test("deadlineAfter() is so far from now", {}, () => {
  const before = performance.now();
  const deadline = deadlineAfter(50);
  assert(deadline >= before + 50 && deadline <= performance.now() + 50);
  assertEquals(deadlineAfter(Infinity), Infinity);
});

test("deadlineAfter() does not move when the clock is set back", {}, (t) => {
  const { now } = Date;
  t.defer(() => {
    Date.now = now;
  });
  const before = deadlineAfter(0);
  Date.now = () => now() - 86_400_000;
  const after = deadlineAfter(0);
  assert(after >= before && after < before + 86_400_000);
});

test("timedOut() says what was waited for, and for how long", {}, () => {
  const error = timedOut("acquire it", 20);
  assert(error instanceof Deno.errors.TimedOut);
  assertEquals(error.message, "Cannot acquire it within 20 milliseconds");
  assertEquals(
    timedOut("acquire it", 0).message,
    "Cannot acquire it at once: the timeout is 0",
  );
  assertEquals(
    [20, 0].map((timeout) => timedOut("send", timeout, "it is full").message),
    [
      "Cannot send within 20 milliseconds: it is full",
      "Cannot send at once: the timeout is 0, and it is full",
    ],
  );
});
