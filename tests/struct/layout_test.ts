/** Layouts, against those of a C compiler. */

import type { Struct, StructFields } from "@ipc/struct";
import { assertEquals } from "@std/assert";
import { compileText, output, withoutProgram } from "../_util/child.ts";
import { test } from "../_util/test.ts";
import { type Leaf, randomStruct } from "./_random_struct.ts";
import { withoutNativeCompiler } from "../_util/native_compiler.ts";

const CROSS = "aarch64-linux-gnu-gcc";
const COUNT = 150;
const structs = Array.from({ length: COUNT }, (_, i) => randomStruct(i + 1));

/** What the compiler has to find true of a struct, or it refuses. */
function assertions(type: Struct<StructFields>, name: string): string {
  const facts = [
    [`sizeof(struct ${name})`, type.byteLength],
    [`_Alignof(struct ${name})`, type.alignment],
    ...Object.entries(type.offsets).map(([field, offset]) => [
      `offsetof(struct ${name}, ${field})`,
      offset,
    ]),
  ];
  return facts.map(([expression, value]) =>
    `_Static_assert(${expression} == ${value}, "${expression} is not ${value}");\n`
  ).join("");
}

const head = ["stdbool", "stddef", "stdint", "stdio", "stdlib"]
  .map((name) => `#include <${name}.h>\n`).join("");

const declarations = head +
  structs.map(({ type }, i) => type.toC(`s${i}`) + assertions(type, `s${i}`))
    .join("");

/** A program that reads all structs from its input, and prints them. */
function printing(leaves: readonly Leaf[][]): string {
  const functions = leaves.map((own, i) => {
    const lines = own.map(({ print }, j) =>
      `  printf(${print}); puts("${j < own.length - 1 ? "," : ""}");\n`
    ).join("");
    return `static void print${i}(const struct s${i} *s) {\n${lines}}\n`;
  });
  const calls = leaves.map((_, i) =>
    `  { static struct s${i} s;
    if (fread(&s, sizeof s, 1, stdin) != 1) return 1;
    puts("["); print${i}(&s); puts("]${i < leaves.length - 1 ? "," : ""}"); }\n`
  );
  return `${declarations}${functions.join("")}int main(void) {\n  puts("[");\n${
    calls.join("")
  }  puts("]");\n  return 0;\n}\n`;
}

test("Struct has sizes, alignments, offsets and values as in C", {
  needs: ["run", "write", "read"],
  ignore: withoutNativeCompiler(),
  deadline: 30_000,
}, async (t) => {
  const views = structs.map(({ type }) => {
    const bytes = new Uint8Array(type.byteLength).fill(0xa5);
    return { bytes, view: type.view(bytes.buffer) };
  });
  const leaves = structs.map(({ leaves }, i) => leaves(views[i]!.view));
  const written = leaves.map((own) => own.map((leaf) => leaf.write()));
  const folder = t.folder();
  const program = await compileText(printing(leaves), folder);
  const input = new Blob(views.map(({ bytes }) => bytes));
  await Deno.writeFile(`${folder}/input`, input.stream());
  const text = await output(
    new Deno.Command("sh", {
      args: ["-c", `${program} < ${folder}/input`],
    }),
  );
  const values = JSON.parse(text);
  for (const [i, own] of leaves.entries()) {
    assertEquals(values[i], written[i], `seed ${i + 1}`);
    assertEquals(own.map((leaf) => leaf.read()), written[i], `seed ${i + 1}`);
  }
});

test("Struct has sizes, alignments and offsets as in C on arm64", {
  needs: ["run", "write"],
  ignore: withoutProgram(CROSS),
  deadline: 30_000,
}, async (t) => {
  await compileText(declarations, t.folder(), CROSS, ["-c"]);
});
