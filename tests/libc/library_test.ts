/** How and when libc is opened, and what is said when it cannot be. */

import {
  assert,
  assertEquals,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { fromFileUrl } from "@std/path";
import { library } from "../../libc/library.ts";
import { output } from "../_util/child.ts";
import { test } from "../_util/test.ts";

interface Report {
  exports: number;
  failure: { name: string; message: string; cause: string };
}

/** What a process finds that imports everything and then calls C. */
async function report(flags: string[], os?: string): Promise<Report> {
  const script = fromFileUrl(new URL("./_import.ts", import.meta.url));
  const args = ["run", "--no-prompt", ...flags, script];
  if (os !== undefined) args.push(os);
  return JSON.parse(
    await output(new Deno.Command(Deno.execPath(), { args })),
  );
}

test("mod.ts is imported without permissions, and calls say what to do", {
  needs: ["run"],
}, async () => {
  for (const flags of [[], ["--allow-read"], ["--deny-ffi"]]) {
    const { exports, failure } = await report(flags);
    assert(exports > 0);
    assertEquals(failure.name, "NotCapable");
    assertEquals(
      failure.message,
      "Cannot call libc without permission: run again with --allow-ffi",
    );
  }
});

test("mod.ts is imported on Windows, and calls throw NotSupported", {
  needs: ["run"],
}, async () => {
  for (const flags of [[], ["--allow-ffi"]]) {
    const { exports, failure } = await report(flags, "windows");
    assert(exports > 0);
    assertEquals(failure.name, "NotSupported");
    assertEquals(
      failure.message,
      "Cannot call libc on windows: it is a library for Linux and macOS",
    );
  }
});

test("library() says what was tried when there is no such library", {
  needs: ["run"],
}, async () => {
  const [other, tried] = Deno.build.os === "darwin"
    ? ["linux", "libc.so.6, libpthread.so.0, librt.so.1"]
    : ["darwin", "/usr/lib/libSystem.B.dylib"];
  const { failure } = await report(["--allow-ffi"], other);
  assertEquals(failure.name, "NotSupported");
  assertEquals(
    failure.message,
    `Cannot bind shm_unlink: tried ${tried}`,
  );
  assert(failure.cause.includes(tried.split(",")[0]!), failure.cause);
});

test("library() binds nothing until a call is used", {}, () => {
  const libunistd = library({
    getpid: { parameters: [], result: "i32" },
    ipc_no_such_call: { parameters: [], result: "i32" },
  });
  assertEquals(libunistd.getpid()(), Deno.pid);
  const error = assertThrows(
    () => libunistd.ipc_no_such_call(),
    Deno.errors.NotSupported,
  );
  assert(/^Cannot bind ipc_no_such_call: tried \S+/.test(error.message));
  assert(error.cause instanceof Error);
});

test("library() binds a call once", {}, () => {
  const libunistd = library({ getpid: { parameters: [], result: "i32" } });
  assertStrictEquals(libunistd.getpid(), libunistd.getpid());
});
