/**
 * Measures every mechanism, side by side with the same in other languages.
 *
 * deno run -A benches/main.ts --help
 *
 * @module
 */

import { loadBenches } from "./harness/catalogue.ts";
import { readCommandLine, usage } from "./harness/command_line.ts";
import { Failure } from "./harness/failure.ts";
import { runBenches } from "./harness/run_benches.ts";

async function main(): Promise<void> {
  const line = readCommandLine(Deno.args);
  if (line.help) return console.log(usage);
  const benches = await loadBenches(line.benches);
  if (!line.list) return await runBenches(benches, line);
  for (const [name, { title }] of benches) console.log(`${name}: ${title}`);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  console.error(error.message);
  Deno.exit(error.code);
}
