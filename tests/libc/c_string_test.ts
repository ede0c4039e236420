import { assertEquals, assertThrows } from "@std/assert";
import { cString } from "../../libc/c_string.ts";
import { test } from "../_util/test.ts";

test("cString() returns UTF-8 and one NUL", {}, () => {
  assertEquals([...cString("a", "it")], [0x61, 0]);
  assertEquals([...cString("", "it")], [0]);
  assertEquals([...cString("ñ€", "it")], [0xc3, 0xb1, 0xe2, 0x82, 0xac, 0]);
  assertEquals([...cString("🦕", "it")], [0xf0, 0x9f, 0xa6, 0x95, 0]);
});

test("cString() throws when C would cut the string", {}, () => {
  for (const value of ["\0", "a\0", "\0b", "a\0b"]) {
    assertThrows(() => cString(value, "the name"), TypeError, "a NUL");
  }
});

test("cString() throws when UTF-8 cannot hold the string", {}, () => {
  for (const value of ["\ud800", "a\udfff", "\udc00\ud800"]) {
    assertThrows(() => cString(value, "it"), TypeError, "lone surrogate");
  }
});

test("cString() throws when it gets no string", {}, () => {
  for (const value of [undefined, null, 1, {}, new Uint8Array(1)]) {
    assertThrows(
      () => cString(value as string, "the name"),
      TypeError,
      `Cannot use the name: expected a string, got ${typeof value}`,
    );
  }
});
