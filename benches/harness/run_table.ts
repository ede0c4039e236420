/** Runs a table: one pass over all cases, then the next. */

import type { Table } from "./bench.ts";
import { Outcome } from "./outcome.ts";
import type { Progress } from "./progress.ts";
import type { Case } from "./selection.ts";
import { runTrial } from "./trial.ts";
import type { Conditions } from "./trial.ts";

/**
 * How many passes a table gets.
 *
 * @param table The table.
 * @param passes How many were asked for.
 */
export function passesOf(table: Table, passes: number): number {
  return Math.min(passes, table.passes ?? passes);
}

/**
 * Runs the cases of a table. The passes go over all of them in turn, so that
 * what disturbs the machine for a while disturbs all alike.
 *
 * @param cases The cases.
 * @param passes How many passes.
 * @param conditions What all trials have in common.
 * @param progress What shows how far it has come.
 * @returns What was found.
 */
export async function runTable(
  cases: readonly Case[],
  passes: number,
  conditions: Conditions,
  progress: Progress,
): Promise<Outcome[]> {
  const outcomes = cases.map((ran) => new Outcome(ran));
  for (let pass = 1; pass <= passes; pass++) {
    for (const outcome of outcomes) {
      const { row, placement, table } = outcome.case;
      progress.show(
        `pass ${pass} of ${passes}, ${placement}: ${table.title}: ${row.name}`,
      );
      if (!outcome.isAbsent) {
        try {
          outcome.add(await runTrial(row, placement, conditions));
        } catch (error) {
          conditions.signal.throwIfAborted();
          outcome.fail(error);
        }
      }
      progress.add();
    }
  }
  return outcomes;
}
