/**
 * Runs the soaks: tests under fire that take minutes. Each is a file
 * `<name>_soak.ts` beside this one, which runs alone as well, and ends with
 * code 0 if everything held.
 *
 * deno run -A soaks/main.ts --help
 *
 * @module
 */

import { parseArgs } from "@std/cli";

const all = [...Deno.readDirSync(import.meta.dirname!)]
  .map(({ name }) => name.match(/^(\w+)_soak\.ts$/)?.[1])
  .filter((name) => name !== undefined)
  .sort();

const usage = `Runs tests under fire that take minutes: ${all.join(", ")}.

deno run -A soaks/main.ts [name …] [-- options of each]
deno run -A soaks/${all[0]}_soak.ts --help`;

function fail(mistake: string): never {
  console.error(`${mistake}\n\n${usage}`);
  Deno.exit(2);
}

/** Runs one: its verdict. */
async function run(name: string, options: readonly string[]) {
  console.log(`\n${name}`);
  const start = performance.now();
  const { success, code, signal } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", `${import.meta.dirname}/${name}_soak.ts`, ...options],
  }).spawn().status;
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  const text = success ? "well" : `FAILED with ${signal ?? `code ${code}`}`;
  return { success, line: `${name.padEnd(16)} ${text} (${seconds} s)` };
}

const { help, _: words, "--": rest = [] } = parseArgs(Deno.args, {
  boolean: ["help"],
  string: ["_"],
  "--": true,
  unknown: (text, key) => {
    if (key !== undefined) fail(`Unknown option ${text}`);
  },
});
const names = words.map(String);
const options = rest as string[];
const unknown = names.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  fail(`Cannot run ${unknown.join(", ")}: there is ${all.join(", ")}`);
}

if (help) {
  console.log(usage);
} else {
  const verdicts: Awaited<ReturnType<typeof run>>[] = [];
  for (const name of names.length > 0 ? names : all) {
    verdicts.push(await run(name, options));
  }
  console.log(`\n${verdicts.map(({ line }) => line).join("\n")}`);
  if (!verdicts.every(({ success }) => success)) Deno.exit(1);
}
