import { assertEquals, assertThrows } from "@std/assert";
import { checkInteger, checkMode } from "../../libc/argument.ts";
import { test } from "../_util/test.ts";

test("checkInteger() returns the number when it is in the range", {}, () => {
  assertEquals(checkInteger(1, "size", 1, 3), 1);
  assertEquals(checkInteger(3, "size", 1, 3), 3);
  assertEquals(checkInteger(-5, "offset", Number.MIN_SAFE_INTEGER), -5);
  const most = Number.MAX_SAFE_INTEGER;
  assertEquals(checkInteger(most, "size", 1), most);
});

test("checkInteger() throws when the number is not in the range", {}, () => {
  for (const value of [0, 4, 1.5, NaN, Infinity, -Infinity, 2 ** 53]) {
    assertThrows(
      () => checkInteger(value, "size", 1, 3),
      RangeError,
      `Cannot use size ${value}: it must be a whole number from 1 to 3`,
    );
  }
  assertThrows(() => checkInteger(2 ** 53, "size", 1), RangeError);
});

test("checkInteger() throws when it gets no number", {}, () => {
  for (const value of ["1", 1n, null, undefined, {}]) {
    assertThrows(
      () => checkInteger(value as number, "size", 1),
      TypeError,
      `Cannot use size: expected a number, got ${typeof value}`,
    );
  }
});

test("checkMode() returns permission bits", {}, () => {
  assertEquals(checkMode(0), 0);
  assertEquals(checkMode(0o777), 0o777);
});

test("checkMode() throws when there are other bits", {}, () => {
  for (const mode of [0o1000, -1, 0.5, NaN, 0o100600]) {
    assertThrows(() => checkMode(mode), RangeError, `Cannot use mode ${mode}`);
  }
  assertThrows(() => checkMode("600" as unknown as number), TypeError);
});
