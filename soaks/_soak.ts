/** What soaks share: their options, how far they are, and their verdict. */

import { parseArgs } from "@std/cli";
import { basename } from "@std/path";

/** What can go wrong. */
export class Fault extends Error {}

/** Throws if something does not hold. */
export function check(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Fault(what);
}

/** The options of a soak, whole numbers: the default of each, and its words. */
export type SoakOptions<K extends string> = Readonly<
  Record<K, readonly [value: number, words: string]>
>;

/**
 * Reads the command line. With `--help`, or a mistake, it prints how to use
 * it, and exits.
 */
export function readOptions<K extends string>(
  summary: string,
  options: SoakOptions<K>,
): Record<K, number> {
  const names = Object.keys(options) as K[];
  const width = Math.max(...names.map((name) => name.length)) + 4;
  const usage = [
    ...[summary, ""],
    ...[`deno run -A soaks/${basename(Deno.mainModule)} [options]`, ""],
    ...names.map((name) => {
      const [value, words] = options[name];
      return `  --${`${name} N`.padEnd(width)}${words} (${value})`;
    }),
    `  --${"help".padEnd(width)}prints this`,
  ].join("\n");
  const mistakes: string[] = [];
  const given: Readonly<Record<string, unknown>> = parseArgs(Deno.args, {
    boolean: ["help"],
    string: names,
    unknown: (text) => {
      mistakes.push(`Unknown option ${text}`);
    },
  });
  const values = names.map((name) => {
    const text = given[name];
    const value = text === undefined ? options[name][0] : Number(text);
    if (text === "" || !Number.isInteger(value) || value < 0) {
      mistakes.push(`Cannot use --${name} ${text}: it is a whole number`);
    }
    return [name, value];
  });
  if (given.help === true) {
    console.log(usage);
    Deno.exit(0);
  }
  if (mistakes.length > 0) {
    console.error(`${mistakes.join("\n")}\n\n${usage}`);
    Deno.exit(2);
  }
  return Object.fromEntries(values);
}

const encoder = new TextEncoder();

/** Draws how far it is, in a terminal. */
export function draw(done: number, text: string): void {
  if (!Deno.stderr.isTerminal()) return;
  const bar = "█".repeat(Math.floor(done * 25)).padEnd(25, "░");
  const line = `\r\x1b[K${bar} ${Math.floor(done * 100)} % ${text}`;
  Deno.stderr.writeSync(encoder.encode(line));
}

/** Erases what was drawn. */
function erase(): void {
  if (!Deno.stderr.isTerminal()) return;
  Deno.stderr.writeSync(encoder.encode("\r\x1b[K"));
}

/** One way to break it: returns what was found, and throws if it broke. */
export type Trials = Readonly<Record<string, () => string | Promise<string>>>;

/**
 * Tries everything, and prints what each trial found. It exits, after an
 * `unload` event, if one did not hold, or on Ctrl-C.
 */
export async function runTrials(trials: Trials): Promise<void> {
  const interrupt = () => Deno.exit(130);
  Deno.addSignalListener("SIGINT", interrupt);
  for (const [name, trial] of Object.entries(trials)) {
    try {
      const found = await trial();
      erase();
      console.log(`${name}: ${found}`);
    } catch (error) {
      erase();
      console.error(`${name}: it did not hold: ${(error as Error).stack}`);
      Deno.exit(1);
    }
  }
  Deno.removeSignalListener("SIGINT", interrupt);
  console.log("Everything held");
}
