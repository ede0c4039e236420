import {
  assert,
  assertEquals,
  assertGreater,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { Errno } from "../../libc/errno.ts";
import { isOsError, osError } from "../../libc/error.ts";
import { openOrCreate, withRandomName } from "../../libc/named_object.ts";
import { test } from "../_util/test.ts";

function fail(code: "EEXIST" | "ENOENT" | "EACCES"): never {
  throw osError(Errno[code], "shm_open", "open it");
}

test("openOrCreate() creates when there is nothing to open", {}, () => {
  assertEquals(openOrCreate(() => "created", () => fail("ENOENT")), "created");
});

test("openOrCreate() opens when there is something", {}, () => {
  assertEquals(openOrCreate(() => fail("EEXIST"), () => "opened"), "opened");
});

test("openOrCreate() tries again when the name goes in between", {}, () => {
  let tries = 0;
  const result = openOrCreate(
    () => ++tries < 5 ? fail("EEXIST") : "created",
    () => fail("ENOENT"),
  );
  assertEquals([result, tries], ["created", 5]);
});

test(
  "openOrCreate() gives up when it can be neither opened nor created",
  {},
  () => {
    let tries = 0;
    const error = assertThrows(
      () =>
        openOrCreate(
          () => (tries++, fail("EEXIST")),
          () => fail("ENOENT"),
        ),
      Deno.errors.NotFound,
      "Cannot open it: ",
    );
    assert(isOsError(error, "ENOENT"));
    assertStringIncludes(error.message, "because it exists");
    assertGreater(tries, 99);
  },
);

test("openOrCreate() throws when either fails otherwise", {}, () => {
  const created = assertThrows(() =>
    openOrCreate(() => fail("EACCES"), () => "opened")
  );
  assert(isOsError(created, "EACCES"));
  const opened = assertThrows(() =>
    openOrCreate(() => fail("EEXIST"), () => fail("EACCES"))
  );
  assert(isOsError(opened, "EACCES"));
});

test("withRandomName() takes another name when one is taken", {}, () => {
  const names: string[] = [];
  const name = withRandomName((name) => {
    names.push(name);
    return names.length < 3 ? fail("EEXIST") : name;
  });
  assertEquals(new Set(names).size, 3);
  assertEquals(name, names[2]);
});

test("withRandomName() throws when it fails otherwise", {}, () => {
  const error = assertThrows(() => withRandomName(() => fail("EACCES")));
  assert(isOsError(error, "EACCES"));
});
