/**
 * Draws what `benches/main.ts --json` wrote: one panel for each table, one
 * bar for each configuration, on a logarithmic scale.
 *
 * deno run -RW benches/chart.ts figures.json docs/figures.svg "there and back"
 *
 * The words choose tables by their titles; `--placement` chooses where the
 * processes ran (separate cores, if it is not given).
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import { drawChart } from "./harness/chart.ts";
import type { Report } from "./harness/chart.ts";

const options = parseArgs(Deno.args, {
  string: ["_", "placement"],
  default: { placement: "diff" },
});
const [source, target, ...words] = options._.map(String);
if (source === undefined || target === undefined) {
  console.error("usage: chart.ts FIGURES.json CHART.svg [WORDS] …");
  Deno.exit(2);
}
const report = JSON.parse(await Deno.readTextFile(source)) as Report;
const svg = drawChart(report, String(options.placement), words);
await Deno.writeTextFile(target, svg);
