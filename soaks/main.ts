/**
 * Runs the soaks: tests under fire that take minutes. Each is a file
 * `<name>_soak.ts` beside this one, which runs alone as well, and ends with
 * code 0 if all is well.
 *
 * deno run -A soaks/main.ts [name ...] [-- options for each]
 */

const all = [...Deno.readDirSync(import.meta.dirname!)]
  .map(({ name }) => name.match(/^(\w+)_soak\.ts$/)?.[1])
  .filter((name) => name !== undefined)
  .sort();

const split = Deno.args.indexOf("--");
const names = split === -1 ? Deno.args : Deno.args.slice(0, split);
const options = split === -1 ? [] : Deno.args.slice(split + 1);
const unknown = names.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  console.error(
    `Cannot run ${unknown.join(", ")}: there is ${all.join(", ")}`,
  );
  Deno.exit(2);
}

const verdicts: [name: string, text: string, isFine: boolean][] = [];
for (const name of names.length > 0 ? names : all) {
  console.log(`\n${name}`);
  const start = performance.now();
  const { success, code, signal } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", `${import.meta.dirname}/${name}_soak.ts`, ...options],
  }).spawn().status;
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  const text = success ? "well" : `FAILED with ${signal ?? `code ${code}`}`;
  verdicts.push([name, `${text} (${seconds} s)`, success]);
}

console.log();
for (const [name, text] of verdicts) console.log(`${name.padEnd(16)} ${text}`);
if (!verdicts.every(([, , isFine]) => isFine)) Deno.exit(1);
