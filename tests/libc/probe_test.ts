/** What `libc/` says of the C headers, and what C says. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { Errno } from "../../libc/errno.ts";
import { facts } from "../../tools/probe/facts.ts";
import { asserting, printing } from "../../tools/probe/source.ts";
import { outcome, withoutProgram } from "../_util/child.ts";
import { test } from "../_util/test.ts";
import { withoutNativeCompiler } from "../_util/native_compiler.ts";

const CROSS = "aarch64-linux-gnu-gcc";

/** Hands a C program to a compiler. */
async function compile(compiler: string, args: string[], source: string) {
  const child = new Deno.Command(compiler, {
    args: ["-Wall", "-Wextra", "-Werror", "-x", "c", ...args, "-"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(source));
  await writer.close();
  const { success, stderr } = await child.output();
  return { success, stderr: new TextDecoder().decode(stderr) };
}

test("libc/ says of the headers what C says", {
  needs: ["run", "write"],
  ignore: withoutNativeCompiler(),
}, async (t) => {
  const program = `${t.folder()}/probe`;
  const { success, stderr } = await compile(
    "cc",
    ["-o", program],
    printing(facts()),
  );
  assert(success, stderr);
  const { stdout } = await outcome(new Deno.Command(program));
  assertEquals(
    Object.fromEntries(
      facts().map(({ expression, value }) => [expression, value]),
    ),
    JSON.parse(stdout),
  );
});

test("libc/ says of the arm64 headers what C says", {
  needs: ["run"],
  ignore: withoutProgram(CROSS),
}, async () => {
  // Another processor's columns are picked when libc/ is imported.
  const main = fromFileUrl(
    new URL("../../tools/probe/main.ts", import.meta.url),
  );
  const { stdout } = await outcome(
    new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--no-prompt", main, "--assert"],
        ...["--os", "linux", "--arch", "aarch64"],
      ],
    }),
  );
  assertStringIncludes(stdout, "sizeof(struct statx)");
  const { success, stderr } = await compile(CROSS, ["-fsyntax-only"], stdout);
  assert(success, stderr);
});

test("asserting() does not compile when a fact is wrong", {
  needs: ["run"],
  ignore: withoutProgram("cc"),
}, async () => {
  const wrong = asserting([{ expression: "EAGAIN", value: 1 }]);
  const { success, stderr } = await compile("cc", ["-fsyntax-only"], wrong);
  assert(!success);
  assertStringIncludes(stderr, "EAGAIN is not 1");
});

test("Errno has every name of the headers", {
  needs: ["run"],
  ignore: withoutProgram("cc"),
}, async () => {
  const { stdout } = await outcome(
    new Deno.Command("cc", {
      args: ["-dM", "-E", "-include", "errno.h", "-x", "c", "/dev/null"],
    }),
  );
  const known: readonly string[] = Object.keys(Errno);
  const missing = [...stdout.matchAll(/^#define (E[A-Z0-9]+) \S+$/gm)]
    .map((match) => match[1]!)
    .filter((name) => !known.includes(name) && name !== "ELAST");
  assertStringIncludes(stdout, "#define ENOENT 2");
  assertEquals(missing, []);
});
