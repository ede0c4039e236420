import { assertEquals, assertThrows } from "@std/assert";
import { duplicate, isCloseOnExec, O_CREAT, O_EXCL } from "../../libc/fcntl.ts";
import { FileDescriptor } from "../../libc/file_descriptor.ts";
import { library } from "../../libc/library.ts";
import { shmOpen } from "../../libc/mman.ts";
import { close } from "../../libc/unistd.ts";
import { test, type TestScope } from "../_util/test.ts";

const libdup = library({
  dup2: { parameters: ["i32", "i32"], result: "i32" }, // int dup2(int, int)
});

function open(t: TestScope): number {
  return shmOpen(t.name(), O_CREAT | O_EXCL, 0o600);
}

function isOpen(fd: number): boolean {
  try {
    isCloseOnExec(fd);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.BadResource) return false;
    throw error;
  }
}

test("FileDescriptor.close() closes the descriptor", {}, (t) => {
  const number = open(t);
  const file = new FileDescriptor(number);
  assertEquals(file.fd, number);
  file.close();
  assertEquals(file.fd, -1);
  assertEquals(isOpen(number), false);
});

test(
  "FileDescriptor.close() leaves another's descriptor when its number was used again",
  {},
  (t) => {
    const other = open(t);
    t.defer(() => close(other));
    const file = new FileDescriptor(open(t));
    const number = file.fd;
    file.close();
    assertEquals(libdup.dup2()(other, number), number);
    file.close();
    file[Symbol.dispose]();
    assertEquals(isOpen(number), true);
    close(number);
  },
);

test("FileDescriptor.close() does nothing again when it failed", {}, () => {
  const file = new FileDescriptor(1_000_000);
  assertThrows(() => file.close(), Deno.errors.BadResource, "close descriptor");
  assertEquals(file.fd, -1);
  file.close();
});

test("FileDescriptor is closed at the end of its scope", {}, (t) => {
  let number: number;
  {
    using file = new FileDescriptor(open(t));
    number = file.fd;
    assertEquals(isOpen(number), true);
  }
  assertEquals(isOpen(number), false);
});

test("duplicate() returns another descriptor, closed on exec", {}, (t) => {
  using file = new FileDescriptor(open(t));
  using copy = new FileDescriptor(duplicate(file.fd));
  file.close();
  assertEquals(isOpen(copy.fd), true);
  assertEquals(isCloseOnExec(copy.fd), true);
  assertThrows(() => duplicate(-1), Deno.errors.BadResource, "duplicate");
});
