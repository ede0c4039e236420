/** What was measured, for programs: every pass, not only the medians. */

import type { Bench } from "./bench.ts";
import { judge } from "./judgement.ts";
import type { Machine } from "./machine.ts";
import type { Outcome } from "./outcome.ts";

/** The outcomes of one bench, table by table. */
export interface BenchOutcomes {
  readonly name: string;
  readonly bench: Bench;
  readonly tables: readonly (readonly Outcome[])[];
}

/**
 * Writes everything as JSON.
 *
 * @param machine The machine.
 * @param settings How it was run.
 * @param results What was measured.
 */
export function jsonReport(
  machine: Machine,
  settings: Record<string, unknown>,
  results: readonly BenchOutcomes[],
): string {
  const benches = results.map(({ name, bench, tables }) => ({
    name,
    title: bench.title,
    tables: bench.tables.map((table, index) => ({
      title: table.title,
      metrics: table.metrics,
      rows: tables[index]!.map((outcome) => rowOf(outcome, tables[index]!)),
      goals: judge(table, tables[index]!),
    })),
  }));
  const date = new Date().toISOString();
  return JSON.stringify({ date, machine, settings, benches }, null, 2);
}

function rowOf(outcome: Outcome, all: readonly Outcome[]): unknown {
  const { row, placement, table } = outcome.case;
  const baseline = all.find(({ case: ran }) =>
    ran.row.name === row.baseline && ran.placement === placement
  );
  return {
    name: row.name,
    program: row.program,
    placement,
    absent: outcome.isAbsent ? outcome.problem : undefined,
    failure: outcome.isAbsent ? undefined : outcome.problem,
    figures: Object.fromEntries(
      table.metrics.map(({ key }) => [key, outcome.spread(key)]),
    ),
    baseline: row.baseline,
    ratio: baseline && outcome.ratio(baseline, table.metrics[0].key),
    passes: outcome.passes.map((figures) => figures ?? null),
  };
}
