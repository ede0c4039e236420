import {
  assert,
  assertEquals,
  assertNotEquals,
  assertThrows,
} from "@std/assert";
import { SHM_NAME_MAX } from "../../libc/mman.ts";
import { objectName, randomObjectName } from "../../libc/object_name.ts";
import { SEM_NAME_MAX } from "../../libc/semaphore.ts";
import { test } from "../_util/test.ts";

test("objectName() returns the name for C", {}, () => {
  assertEquals([...objectName("/a", 31)], [0x2f, 0x61, 0]);
  assertEquals([...objectName("/ñ", 31)], [0x2f, 0xc3, 0xb1, 0]);
  for (const name of ["/...", "/.a", "/a b", "/a\n", "/-"]) {
    assertEquals(objectName(name, 31).length, name.length + 1);
  }
});

test(
  "objectName() throws when the name is no path component after a slash",
  {},
  () => {
    const faults: [string, string][] = [
      ["", 'start with "/"'],
      ["a", 'start with "/"'],
      ["a/b", 'start with "/"'],
      ["/", "a character after"],
      ["//", 'no second "/"'],
      ["/a/", 'no second "/"'],
      ["/a/b", 'no second "/"'],
      ["/.", "a directory"],
      ["/..", "a directory"],
      ["/a\0b", "a NUL"],
    ];
    for (const [name, fault] of faults) {
      assertThrows(() => objectName(name, 31), TypeError, fault);
    }
    assertThrows(() => objectName(null as unknown as string, 31), TypeError);
  },
);

test("objectName() counts the bytes of a name, not its characters", {}, () => {
  assertEquals(objectName(`/${"a".repeat(30)}`, 31).length, 32);
  assertEquals(objectName(`/${"ñ".repeat(15)}`, 31).length, 32);
  for (const name of [`/${"a".repeat(31)}`, `/${"ñ".repeat(15)}a`]) {
    assertThrows(
      () => objectName(name, 31),
      RangeError,
      "it has 32 bytes, and the limit of this system is 31",
    );
  }
});

test("randomObjectName() returns names that every system takes", {}, () => {
  const name = randomObjectName();
  assert(/^\/ipc_[0-9a-z]{8}$/.test(name), name);
  assertEquals(objectName(name, 13).length, 14);
  assert(name.length <= Math.min(SHM_NAME_MAX, SEM_NAME_MAX));
  assertNotEquals(randomObjectName(), name);
});
