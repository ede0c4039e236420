/** What was measured, as tables to read. */

import type { Table } from "./bench.ts";
import { judge } from "./judgement.ts";
import { allPlacements } from "./placement.ts";
import type { Placement } from "./placement.ts";
import type { Outcome } from "./outcome.ts";
import type { Spread } from "./statistics.ts";
import { digits, textTable } from "./text_table.ts";

const places: Record<Placement, string> = {
  none: "placed by the scheduler",
  same: "all on one core",
  diff: "on separate cores",
};

/**
 * Writes the report of a table: its figures for each placement, then its
 * goals.
 *
 * @param table The table.
 * @param outcomes What was measured.
 */
export function report(table: Table, outcomes: readonly Outcome[]): string {
  const parts = allPlacements.flatMap((placement) => {
    const here = outcomes.filter(({ case: ran }) =>
      ran.placement === placement
    );
    if (here.length === 0) return [];
    const where = table.placements.length > 1 ? `, ${places[placement]}` : "";
    return [`${table.title}${where}`, figures(table, here)];
  });
  const goals = judge(table, outcomes);
  if (goals.length > 0) {
    parts.push(textTable(
      ["goal", "placement", "measured (min–max)", "reached"],
      goals.map(({ text, placement, measured, reached }) => [
        text,
        placement,
        measured === undefined ? "not measured" : range(measured),
        reached === undefined ? "?" : reached ? "✓" : "✗",
      ]),
    ));
  }
  return parts.join("\n\n");
}

function figures(table: Table, outcomes: readonly Outcome[]): string {
  const [main, ...others] = table.metrics;
  const header = [
    "configuration",
    `${main.label} (min–max)`,
    ...others.map(({ label }) => label),
    "ratio (min–max)",
  ];
  const rows = outcomes.map((outcome) => {
    const spread = outcome.spread(main.key);
    return [
      outcome.case.row.name,
      spread === undefined ? problem(outcome) : range(spread),
      ...others.map(({ key }) => {
        const other = outcome.spread(key);
        return other === undefined ? "–" : digits(other.median);
      }),
      spread === undefined ? "–" : comparison(outcome, outcomes, main.key),
    ];
  });
  return [textTable(header, rows), ...outcomes.flatMap(failures)].join("\n");
}

/** Passes that failed where others did not are told below the table. */
function failures({ case: { row }, passes, problem }: Outcome): string[] {
  const failed = passes.filter((figures) => figures === undefined).length;
  if (failed === 0 || failed === passes.length) return [];
  return [
    `${row.name}: ${failed} of ${passes.length} passes failed: ${problem}`,
  ];
}

function problem({ isAbsent, problem }: Outcome): string {
  return `${isAbsent ? "absent" : "failed"}: ${problem ?? "not run"}`;
}

function comparison(
  outcome: Outcome,
  all: readonly Outcome[],
  key: string,
): string {
  const { baseline } = outcome.case.row;
  const other = all.find(({ case: ran }) => ran.row.name === baseline);
  const ratio = other && outcome.ratio(other, key);
  if (ratio === undefined) return baseline ? "?" : "–";
  return `${range(ratio, "×")} of ${baseline}`;
}

function range({ median, min, max }: Spread, unit = ""): string {
  return `${digits(median)}${unit} (${digits(min)}–${digits(max)})`;
}
