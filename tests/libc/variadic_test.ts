import { assertEquals } from "@std/assert";
import { FileDescriptor } from "../../libc/file_descriptor.ts";
import {
  isCloseOnExec,
  O_CREAT,
  O_EXCL,
  O_RDONLY,
  setCloseOnExec,
} from "../../libc/fcntl.ts";
import { shmOpen } from "../../libc/mman.ts";
import { capabilities } from "../../libc/platform.ts";
import { semClose, semOpen, semTryWait } from "../../libc/semaphore.ts";
import { fstat } from "../../libc/stat.ts";
import { variadicArguments, variadicParameters } from "../../libc/variadic.ts";
import { test } from "../_util/test.ts";

test(
  "variadicParameters() follow the named ones when registers serve",
  {},
  () => {
    assertEquals(variadicParameters(["i32", "i32"], 1, false), [
      "i32",
      "i32",
      "i64",
    ]);
    assertEquals(variadicParameters(["buffer", "i32"], 0, false), [
      "buffer",
      "i32",
    ]);
  },
);

test(
  "variadicParameters() come after eight registers on Apple's arm64",
  {},
  () => {
    const filler = Array<Deno.NativeType>(6).fill("i64");
    assertEquals(
      variadicParameters(["buffer", "i32"], 2, true),
      ["buffer", "i32", ...filler, "i64", "i64"],
    );
    assertEquals(
      variadicParameters(["i32", "i32", "i32"], 1, true),
      ["i32", "i32", "i32", ...filler.slice(1), "i64"],
    );
  },
);

test("variadicArguments() stand where variadicParameters() are", {}, () => {
  const path = new Uint8Array(1);
  const named = [path, 64];
  assertEquals(variadicArguments(named, [0o600, 7], false), [
    path,
    64,
    0o600n,
    7n,
  ]);
  assertEquals(
    variadicArguments(named, [0o600, 7], true),
    [path, 64, 0n, 0n, 0n, 0n, 0n, 0n, 0o600n, 7n],
  );
  for (const onStack of [false, true]) {
    assertEquals(
      variadicArguments(named, [1], onStack).length,
      variadicParameters(["buffer", "i32"], 1, onStack).length,
    );
  }
});

test("variadicArguments() reach a callee past eight registers", {}, (t) => {
  // A C function of ten parameters takes its last two from the stack.
  const parameters = variadicParameters(["i32", "i32"], 2, true);
  const seen: unknown[] = [];
  const callee = new Deno.UnsafeCallback(
    { parameters, result: "i32" },
    (...args) => {
      seen.push(...args);
      return 5;
    },
  );
  t.defer(() => callee.close());
  const call = new Deno.UnsafeFnPointer(callee.pointer, {
    parameters,
    result: "i32",
  });
  const args = variadicArguments([1, 2], [0o640, 3], true) as never[];
  assertEquals(call.call(...args), 5);
  assertEquals(seen, [1, 2, 0n, 0n, 0n, 0n, 0n, 0n, 0o640n, 3n]);
});

test("shmOpen() passes the mode that the kernel gives the object", {}, (t) => {
  for (const mode of [0o600, 0o700, 0o400]) {
    using file = new FileDescriptor(shmOpen(t.name(), O_CREAT | O_EXCL, mode));
    assertEquals(fstat(file.fd).mode & 0o777, mode);
  }
});

test(
  "semOpen() passes the mode and the value that the system gives the semaphore",
  {
    ignore: !capabilities.semaphoreFiles && "a semaphore is no file here",
  },
  (t) => {
    const name = t.name();
    const semaphore = semOpen(name, { mode: 0o700, value: 3 });
    t.defer(() => semClose(semaphore));
    const file = `/sem.${name.slice(1)}`;
    using fd = new FileDescriptor(shmOpen(file, O_RDONLY, 0));
    assertEquals(fstat(fd.fd).mode & 0o777, 0o700);
    const taken = Array.from({ length: 4 }, () => semTryWait(semaphore));
    assertEquals(taken, [true, true, true, false]);
  },
);

test("setCloseOnExec() passes the flag that the kernel keeps", {}, (t) => {
  using file = new FileDescriptor(shmOpen(t.name(), O_CREAT | O_EXCL, 0o600));
  assertEquals(isCloseOnExec(file.fd), true);
  setCloseOnExec(file.fd, false);
  assertEquals(isCloseOnExec(file.fd), false);
  setCloseOnExec(file.fd, true);
  assertEquals(isCloseOnExec(file.fd), true);
});
