import { array, chars, struct, u8 } from "@ipc/struct";
import { assertEquals, assertThrows } from "@std/assert";
import { test } from "../_util/test.ts";

const Name = struct({ before: u8, name: chars(8), after: u8 });

function make() {
  const bytes = new Uint8Array(Name.byteLength).fill(0xff);
  return { bytes, view: Name.view(bytes.buffer) };
}

test("chars() fills the rest with NUL when a string is assigned", {}, () => {
  const { bytes, view } = make();
  view.name = "abc";
  assertEquals([...bytes], [255, 97, 98, 99, 0, 0, 0, 0, 0, 255]);
  view.name = "";
  assertEquals([...bytes], [255, 0, 0, 0, 0, 0, 0, 0, 0, 255]);
});

test("chars() reads to the first NUL, or to the end", {}, () => {
  const { bytes, view } = make();
  bytes.set(new TextEncoder().encode("abcdefgh"), 1);
  assertEquals(view.name, "abcdefgh");
  bytes[3] = 0;
  assertEquals(view.name, "ab");
});

test("chars() holds any text that fits", {}, () => {
  const { view } = make();
  for (const text of ["1234567", "é€", "😀é", "\ufeffx"]) {
    view.name = text;
    assertEquals(view.name, text);
  }
});

test("chars() reads U+FFFD for what is no UTF-8", {}, () => {
  const { bytes, view } = make();
  assertEquals(view.name, "\ufffd".repeat(8));
  // One that is cut off.
  bytes.set([97, 0xe2, 0x82, 0], 1);
  assertEquals(view.name, "a\ufffd");
});

test("chars() writes nothing when it throws", {}, () => {
  const { bytes, view } = make();
  view.name = "kept";
  const before = [...bytes];
  assertThrows(
    () => view.name = "12345678",
    RangeError,
    'Cannot write "12345678": it takes 8 bytes, and the limit is 7',
  );
  assertThrows(() => view.name = "ééé€", RangeError);
  assertThrows(() => view.name = "a\0b", TypeError, "NUL");
  assertThrows(() => view.name = 5 as unknown as string, TypeError, "number");
  assertEquals([...bytes], before);
});

test("chars() in an array is read and assigned by index", {}, () => {
  const names = array(chars(4), 3).view(new ArrayBuffer(12));
  names.set(0, "abc");
  names.set(2, "é");
  assertEquals([...names], ["abc", "", "é"]);
  assertThrows(() => names.set(1, "long"), RangeError);
});
