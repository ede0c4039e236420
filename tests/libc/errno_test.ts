/** Whether `errno` is right, whatever else goes on. */

import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { fromFileUrl } from "@std/path";
import { Errno, errnoName, errnoNumbers } from "../../libc/errno.ts";
import { isOsError } from "../../libc/error.ts";
import { isCloseOnExec } from "../../libc/fcntl.ts";
import { errno } from "../../libc/library.ts";
import { mmap, shmOpen, shmUnlink } from "../../libc/mman.ts";
import { semUnlink } from "../../libc/semaphore.ts";
import { close, ftruncate } from "../../libc/unistd.ts";
import { outcome, output } from "../_util/child.ts";
import { withoutNativeCompiler } from "../_util/native_compiler.ts";
import { test, type TestScope } from "../_util/test.ts";
import { sleep } from "../_util/wait.ts";
import { circumstances, failingCalls } from "./_failing_calls.ts";

/** Keeps timers and another thread busy with garbage until the test is over. */
function disturb(t: TestScope): void {
  const kept: unknown[] = [];
  const timer = setInterval(() => {
    for (let i = 0; i < 1000; i++) kept[i] = { bytes: new Uint8Array(1000) };
  });
  t.defer(() => clearInterval(timer));
  const work = `
    const kept = [];
    setInterval(() => {
      for (let i = 0; i < 100000; i++) kept[i % 5000] = [i, new Uint8Array(64)];
    });`;
  const worker = new Worker(
    `data:application/javascript,${encodeURIComponent(work)}`,
    { type: "module" },
  );
  t.defer(() => worker.terminate());
}

test("errno is right after 1,000,000 of 1,000,000 failing calls", {
  deadline: 60_000,
}, async (t) => {
  disturb(t);
  using all = circumstances(t.name(), t.name());
  const garbage: unknown[] = [];
  let wrong = 0;
  let random = 1;
  for (let round = 0; round < 10; round++) {
    const calls = failingCalls(all);
    for (let i = 0; i < 100_000; i++) {
      random = (Math.imul(random, 1103515245) + 12345) >>> 0;
      const { call, errno: expected } = calls[(random >>> 16) % calls.length]!;
      call();
      const number = errno[0];
      if (number !== expected) wrong++;
      garbage[i & 1023] = [i, { i }, `${i}`];
      if (i % 5_000 === 0) await sleep();
    }
  }
  assertEquals(wrong, 0);
});

test("errno is right in each of two threads that fail at once", {
  needs: ["read"],
  deadline: 60_000,
}, async (t) => {
  using all = circumstances(t.name(), t.name());
  const worker = new Worker(new URL("./_failing_worker.ts", import.meta.url), {
    type: "module",
  });
  t.defer(() => worker.terminate());
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  let done = false;
  worker.onmessage = ({ data }) => resolve(data);
  worker.onerror = (event) => reject(event.error ?? new Error(event.message));
  promise.catch(() => {}).then(() => done = true);
  worker.postMessage({ present: t.name(), absent: t.name() });
  const calls = failingCalls(all);
  let wrong = 0;
  for (let i = 0; !done; i++) {
    for (const { call, errno: expected } of calls) {
      call();
      if (errno[0] !== expected) wrong++;
    }
    if (i % 1000 === 0) await sleep();
  }
  assertEquals(wrong, 0);
  assertEquals(await promise, 0);
});

test("osError() names the number of the call that failed, 30,000 times", {
  deadline: 60_000,
}, async (t) => {
  disturb(t);
  const name = t.name();
  const calls: [keyof typeof Errno, () => void][] = [
    ["EBADF", () => close(-1)],
    ["ENOENT", () => shmOpen(name, 0, 0)],
    ["EINVAL", () => ftruncate(0, -1)],
    ["ENOENT", () => shmUnlink(name)],
    ["EBADF", () => isCloseOnExec(-1)],
    ["EBADF", () => mmap(-1, 4096, true)],
    ["ENOENT", () => semUnlink(name)],
  ];
  for (let i = 0; i < 30_000; i++) {
    const [code, call] = calls[i % calls.length]!;
    const error = assertThrows(call);
    assert(isOsError(error), `${error}`);
    assertEquals(error.code, code);
    assertEquals(error.errno, Errno[code]);
    assertStringIncludes(error.message, `(os error ${Errno[code]})`);
    if (i % 1000 === 0) await sleep();
  }
});

test("errnoName() returns the first name of each number", {}, () => {
  for (const [name, number] of Object.entries(Errno)) {
    if (number === undefined) continue;
    const first = Object.entries(Errno).find(([_, other]) => other === number);
    assertEquals(errnoName(number), first?.[0], name);
  }
  assertEquals(errnoName(Errno.EAGAIN), "EAGAIN"); // not EWOULDBLOCK
  assertEquals(errnoName(Errno.ENOTSUP), "ENOTSUP"); // as Deno has it
});

test("errnoName() returns undefined when a number has no name", {}, () => {
  assertEquals(errnoName(0), undefined);
  assertEquals(errnoName(4095), undefined);
});

test("errnoNumbers has no name twice in one system but for aliases", {}, () => {
  const aliases = ["EWOULDBLOCK", "EDEADLOCK", "EOPNOTSUPP"];
  for (const system of ["linux", "darwin"] as const) {
    const seen = new Set<number>();
    for (const [name, columns] of Object.entries(errnoNumbers)) {
      const number = columns[system];
      if (number === undefined || aliases.includes(name)) continue;
      assert(!seen.has(number), `${name} of ${system}`);
      seen.add(number);
    }
  }
});

test("errno is read before the runtime makes a call of its own", {
  needs: ["run", "read", "write", "env"],
  ignore: Deno.build.os !== "linux"
    ? "needs LD_PRELOAD"
    : withoutNativeCompiler(),
}, async (t) => {
  const poison = `${t.folder()}/poison.so`;
  const source = fromFileUrl(new URL("./_poison.c", import.meta.url));
  const compiled = await outcome(
    new Deno.Command("cc", {
      args: ["-shared", "-fPIC", "-o", poison, source],
    }),
  );
  assertEquals(compiled.code, 0, compiled.stderr);
  const script = fromFileUrl(new URL("./_poisoned.ts", import.meta.url));
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-ffi", script],
    env: { LD_PRELOAD: poison },
  });
  assertEquals(await output(command), "{}");
});
