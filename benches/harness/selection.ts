/** Which configurations are to be run. */

import type { Row, Table } from "./bench.ts";
import { allPlacements } from "./placement.ts";
import type { Placement } from "./placement.ts";

/** One configuration in one placement. */
export interface Case {
  readonly table: Table;
  readonly row: Row;
  readonly placement: Placement;
}

/** What narrows the choice. */
export interface Filter {
  /** What the title of the table, or the name of the row, contains. */
  readonly text: string;
  /** The placements. */
  readonly placements: readonly Placement[];
}

/**
 * The cases of a table, in the order in which they run: placement after
 * placement, so that what is compared runs side by side. A row that a chosen
 * one is compared with is chosen too.
 *
 * @param table The table.
 * @param filter What narrows the choice.
 */
export function selectCases(table: Table, filter: Filter): Case[] {
  const text = filter.text.toLowerCase();
  const contains = (name: string) => name.toLowerCase().includes(text);
  const chosen = new Set<string>();
  const choose = (name: string) => {
    if (chosen.has(name)) return;
    chosen.add(name);
    comparedWith(table, name).forEach(choose);
  };
  for (const { name } of table.rows) {
    if (contains(table.title) || contains(name)) choose(name);
  }
  return allPlacements.filter((placement) =>
    filter.placements.includes(placement)
  ).flatMap((placement) =>
    table.rows.filter((row) =>
      chosen.has(row.name) &&
      (row.placements ?? table.placements).includes(placement)
    ).map((row) => ({ table, row, placement }))
  );
}

function comparedWith({ rows, goals = [] }: Table, name: string): string[] {
  const baselines = rows.filter((row) => row.name === name)
    .map((row) => row.baseline);
  const others = goals.filter((goal) => goal.row === name)
    .map((goal) => goal.than);
  return [...baselines, ...others].filter((other) => other !== undefined);
}
