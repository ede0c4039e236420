/**
 * Prints a C program that compares what `libc/` says with the C headers of a
 * machine: one that prints what C says as JSON, or, with `--assert`, one that
 * compiles only where `libc/` is right. `--os` and `--arch` pick the columns
 * of another machine than this one.
 *
 * ```sh
 * deno run tools/probe/main.ts | cc -x c - -o probe && ./probe
 * deno run tools/probe/main.ts --assert --arch aarch64 |
 *   aarch64-linux-gnu-gcc -x c -fsyntax-only -
 * deno run tools/probe/main.ts --assert --os darwin --arch aarch64 |
 *   clang -target arm64-apple-macos15 -isysroot MacOSX.sdk -x c -fsyntax-only -
 * ```
 */

import { parseArgs } from "@std/cli";

const { os, arch, ...options } = parseArgs(Deno.args, {
  boolean: ["assert"],
  string: ["os", "arch"],
  default: { os: Deno.build.os, arch: Deno.build.arch },
});

// libc/ picks its columns when it is imported.
Object.defineProperty(Deno, "build", { value: { ...Deno.build, os, arch } });
const { asserting, printing } = await import("./source.ts");
const { facts } = await import("./facts.ts");

console.log((options.assert ? asserting : printing)(facts()));
