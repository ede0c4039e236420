/** The whole run, from the first process to the last table. */

import type { Bench } from "./bench.ts";
import type { CommandLine } from "./command_line.ts";
import { jsonReport } from "./json_report.ts";
import type { BenchOutcomes } from "./json_report.ts";
import { Failure } from "./failure.ts";
import { describeMachine, machineText } from "./machine.ts";
import type { Outcome } from "./outcome.ts";
import { chooseProcessors } from "./placement.ts";
import { Progress } from "./progress.ts";
import { report } from "./report.ts";
import { passesOf, runTable } from "./run_table.ts";
import { selectCases } from "./selection.ts";
import { findTools } from "./toolbox.ts";
import type { Conditions } from "./trial.ts";
import { Workshop } from "./workshop.ts";

/** What a trial may take besides warming up and measuring, in milliseconds. */
const PATIENCE = 120_000;

/**
 * Runs benches, and prints what they found.
 *
 * @param benches The benches by name.
 * @param line How to run them.
 */
export async function runBenches(
  benches: ReadonlyMap<string, Bench>,
  line: CommandLine,
): Promise<void> {
  const { passes, warm, time, filter } = line;
  const tools = await findTools(line.tools);
  const processors = await chooseProcessors();
  const machine = describeMachine(tools, processors);
  console.log(machineText(machine));
  console.log(`${passes} passes, ${time} ms each, after ${warm} ms to warm up`);
  using workshop = new Workshop(tools);
  using interrupt = new Interrupt();
  const { signal } = interrupt;
  const deadline = PATIENCE + warm + time;
  const conditions: Conditions = {
    workshop,
    processors,
    warm,
    time,
    deadline,
    signal,
  };
  using progress = new Progress(stepsOf(benches, line));
  const results: BenchOutcomes[] = [];
  for (const [name, bench] of benches) {
    const tables: Outcome[][] = [];
    console.log(`\n## ${name}: ${bench.title}`);
    for (const table of bench.tables) {
      const cases = selectCases(table, filter);
      const count = passesOf(table, passes);
      const outcomes = await runTable(cases, count, conditions, progress);
      progress.clear();
      if (cases.length > 0) console.log(`\n${report(table, outcomes)}`);
      tables.push(outcomes);
    }
    results.push({ name, bench, tables });
  }
  if (line.json !== undefined) {
    const settings = { passes, warm, time, filter };
    await Deno.writeTextFile(
      line.json,
      jsonReport(machine, settings, results) + "\n",
    );
  }
}

function stepsOf(
  benches: ReadonlyMap<string, Bench>,
  { passes, filter }: CommandLine,
): number {
  return [...benches.values()].flatMap(({ tables }) => tables).map((table) =>
    selectCases(table, filter).length * passesOf(table, passes)
  ).reduce((sum, steps) => sum + steps, 0);
}

/** Ctrl-C ends what runs and removes what was made, before it ends this. */
class Interrupt {
  readonly #controller = new AbortController();
  readonly #stop = () =>
    this.#controller.abort(new Failure("Interrupted", 130));

  constructor() {
    Deno.addSignalListener("SIGINT", this.#stop);
    Deno.addSignalListener("SIGTERM", this.#stop);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  [Symbol.dispose](): void {
    Deno.removeSignalListener("SIGINT", this.#stop);
    Deno.removeSignalListener("SIGTERM", this.#stop);
  }
}
