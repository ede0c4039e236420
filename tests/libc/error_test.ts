/** From error numbers to errors. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { Errno } from "../../libc/errno.ts";
import { isOsError, osError } from "../../libc/error.ts";
import { outcome, output } from "../_util/child.ts";
import { test } from "../_util/test.ts";
import { withoutNativeCompiler } from "../_util/native_compiler.ts";

/** An error that Deno throws, with the code it sets. */
type DenoError = Error & { code?: string };

function thrown(run: () => unknown): DenoError {
  try {
    run();
  } catch (error) {
    return error as DenoError;
  }
  throw new Error("Cannot compare: it did not fail");
}

test("osError() has the class and the code that Deno's own error has", {
  needs: ["read", "write"],
}, (t) => {
  const folder = t.folder();
  Deno.writeTextFileSync(`${folder}/file`, "");
  Deno.symlinkSync(`${folder}/loop`, `${folder}/loop`);
  const failures: [keyof typeof Errno, () => unknown][] = [
    ["ENOENT", () => Deno.openSync(`${folder}/none`)],
    ["EEXIST", () => Deno.mkdirSync(folder)],
    ["ENOTDIR", () => Deno.openSync(`${folder}/file/x`)],
    ["EISDIR", () => Deno.readFileSync(folder)],
    ["EINVAL", () => Deno.readLinkSync(`${folder}/file`)],
    ["ELOOP", () => Deno.openSync(`${folder}/loop`)],
    ["ENOTEMPTY", () => Deno.removeSync(folder)],
    ["ENAMETOOLONG", () => Deno.openSync(`${folder}/${"x".repeat(300)}`)],
  ];
  for (const [code, run] of failures) {
    const theirs = thrown(run);
    const ours = osError(Errno[code]!, "open", "open it");
    assertEquals(ours.constructor, theirs.constructor, code);
    assertEquals([theirs.code, ours.code], [code, code]);
    const [, text] = ours.message.split("Cannot open it: ");
    assert(theirs.message.startsWith(text!), `${theirs.message}: ${text}`);
  }
});

/** Numbers for which Deno has a class, but does not use it for files. */
const named: Record<string, string> = {
  EBADF: "BadResource",
  EIDRM: "NotFound",
  EBUSY: "Busy",
  ENOSYS: "NotSupported",
  ENOTSUP: "NotSupported",
};

test("osError() has Deno's class, code and text for every number", {
  needs: ["run", "read", "write", "env"],
  ignore: Deno.build.os !== "linux"
    ? "needs LD_PRELOAD"
    : withoutNativeCompiler(),
}, async (t) => {
  // Deno's readLink fails with any number, by a readlink(2) of our own.
  const folder = t.folder();
  const { code, stderr } = await outcome(
    new Deno.Command("cc", {
      args: [
        ...["-shared", "-fPIC", "-o", `${folder}/preload.so`],
        fromFileUrl(new URL("./_preload.c", import.meta.url)),
      ],
    }),
  );
  assertEquals(code, 0, stderr);
  const script = fromFileUrl(new URL("./_raise.ts", import.meta.url));
  const raised: (DenoError & { number: number })[] = JSON.parse(
    await output(
      new Deno.Command(Deno.execPath(), {
        args: ["run", "--allow-read", script],
        env: { LD_PRELOAD: `${folder}/preload.so` },
      }),
    ),
  );
  assertEquals(raised.length, 140);
  for (const theirs of raised) {
    const ours = osError(theirs.number, "readlink", "read it");
    const text = theirs.message.split(": readlink")[0];
    const [message] = ours.message.split("; ");
    assertEquals(message, `Cannot read it: ${text}`);
    assertEquals(
      ours.constructor.name,
      named[ours.code ?? ""] ?? theirs.name,
      theirs.message,
    );
    // Deno names fewer numbers than there are.
    if (theirs.code !== undefined) assertEquals(ours.code, theirs.code);
  }
});

test("osError() says what, why and where", {}, () => {
  const { ENOENT } = Errno;
  const error = osError(ENOENT, "shm_open", 'open shared memory "/x"');
  assert(error instanceof Deno.errors.NotFound);
  assertEquals(
    error.message,
    `Cannot open shared memory "/x": No such file or directory (os error ${ENOENT})`,
  );
  const { code, errno, syscall } = error;
  assertEquals([code, errno, syscall], ["ENOENT", ENOENT, "shm_open"]);
});

test("osError() ends with what limit was met", {}, () => {
  const { ENOSPC } = Errno;
  const error = osError(ENOSPC, "write", "write", "0 bytes are free");
  assert(error.message.endsWith(`(os error ${ENOSPC}); 0 bytes are free`));
  assertEquals(error.constructor, Error);
});

test("osError() says what to do when there are too many open files", {}, () => {
  const own = osError(Errno.EMFILE, "pipe", "create a pipe");
  assertMatch(
    own.message,
    /^Cannot create a pipe: .*; RLIMIT_NOFILE allows this process \d+; close/,
  );
  const all = osError(Errno.ENFILE, "pipe", "create a pipe");
  assertMatch(all.message, /; all processes together .* sysctl .*file/);
  const other = osError(Errno.EMFILE, "shmat", "attach it", "detach some");
  assert(other.message.endsWith("; detach some"));
});

test("osError() keeps a number that has no name", {}, () => {
  const error = osError(4000, "ioctl", "do it");
  assertEquals(error.constructor, Error);
  assertEquals([error.errno, error.syscall], [4000, "ioctl"]);
  assert(!("code" in error));
  assert(/^Cannot do it: .* \(os error 4000\)$/.test(error.message));
});

test("isOsError() knows errors of C calls from others", {}, () => {
  const error: unknown = osError(Errno.EEXIST, "mkdir", "do it");
  assert(isOsError(error));
  assert(isOsError(error, "EEXIST"));
  assert(!isOsError(error, "ENOENT"));
  for (
    const other of [
      new Error("no"),
      new Deno.errors.AlreadyExists("no"),
      Object.assign(new Error("no"), { code: "EEXIST" }),
      { code: "EEXIST", errno: Errno.EEXIST, syscall: "mkdir" },
      undefined,
      "EEXIST",
    ]
  ) {
    assert(!isOsError(other));
    assert(!isOsError(other, "EEXIST"));
  }
});

test("isOsError() takes either name of a number that has two", {}, () => {
  const error = osError(Errno.EAGAIN, "read", "read");
  assert(isOsError(error, "EAGAIN") && isOsError(error, "EWOULDBLOCK"));
  const unsupported = osError(Errno.EOPNOTSUPP, "accept", "accept");
  assert(isOsError(unsupported, "EOPNOTSUPP"));
  assert(!isOsError(osError(4000, "read", "read"), "EQFULL"));
});
