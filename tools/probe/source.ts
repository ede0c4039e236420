/** From the facts to C programs that put them to the test. */

import { type Fact, includes } from "./facts.ts";

function program(body: string): string {
  return [
    "#define _GNU_SOURCE",
    ...["stddef.h", "stdint.h", "stdio.h", ...includes()].map((name) =>
      `#include <${name}>`
    ),
    "",
    body,
    "",
  ].join("\n");
}

/**
 * A program that prints what C says of each fact, as JSON.
 *
 * @param facts The facts.
 */
export function printing(facts: readonly Fact[]): string {
  const lines = facts.map(({ expression }, i) => {
    const key = JSON.stringify(JSON.stringify(expression)).slice(1, -1);
    const comma = i === facts.length - 1 ? "" : ",";
    return `  printf("${key}: %lld${comma}\\n", (long long)(${expression}));`;
  });
  return program(
    `int main(void) {\n  puts("{");\n${lines.join("\n")}\n  puts("}");\n}`,
  );
}

/**
 * A program that compiles only if every fact holds, so that it need not run.
 *
 * @param facts The facts.
 */
export function asserting(facts: readonly Fact[]): string {
  return program(
    facts.map(({ expression, value }) => {
      const message = JSON.stringify(`${expression} is not ${value}`);
      return `_Static_assert((long long)(${expression}) == ${value}LL, ${message});`;
    }).join("\n"),
  );
}
