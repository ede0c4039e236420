/** How far a goal was reached. */

import type { Goal, Table } from "./bench.ts";
import { allPlacements } from "./placement.ts";
import type { Placement } from "./placement.ts";
import type { Outcome } from "./outcome.ts";
import type { Spread } from "./statistics.ts";

/** One goal in one placement. */
export interface Judgement {
  /** The goal in words. */
  readonly text: string;
  readonly placement: Placement;
  /** What was measured, if it was. */
  readonly measured: Spread | undefined;
  /** Whether the median reaches the goal. */
  readonly reached: boolean | undefined;
}

/**
 * Holds what was measured against the goals of a table.
 *
 * @param table The table.
 * @param outcomes What was measured.
 */
export function judge(
  table: Table,
  outcomes: readonly Outcome[],
): Judgement[] {
  return (table.goals ?? []).flatMap((goal) =>
    allPlacements.filter((placement) =>
      (goal.placements ?? table.placements).includes(placement)
    ).flatMap((placement) => {
      const find = (name: string | undefined) =>
        outcomes.find(({ case: ran }) =>
          ran.row.name === name && ran.placement === placement
        );
      const row = find(goal.row);
      return row === undefined
        ? []
        : [judgeOne(table, goal, placement, row, find(goal.than))];
    })
  );
}

function judgeOne(
  table: Table,
  goal: Goal,
  placement: Placement,
  row: Outcome,
  other: Outcome | undefined,
): Judgement {
  const metric = table.metrics.find(({ key }) => key === goal.metric) ??
    table.metrics[0];
  const { key, label, moreIsBetter = false } = metric;
  const { than, timesAsFast, atMost, atLeast } = goal;
  if (timesAsFast !== undefined) {
    const measured = moreIsBetter
      ? other && row.ratio(other, key)
      : other?.ratio(row, key);
    return {
      text: `${goal.row}: at least ${timesAsFast} times as fast as ${than}`,
      placement,
      measured,
      reached: measured && measured.median >= timesAsFast,
    };
  }
  const measured = than === undefined
    ? row.spread(key)
    : other && row.ratio(other, key);
  if (atLeast !== undefined) {
    return {
      text: `${goal.row}: at least ${atLeast} ${label}`,
      placement,
      measured,
      reached: measured && measured.median >= atLeast,
    };
  }
  const unit = than === undefined ? ` ${label}` : ` × ${than}`;
  return {
    text: `${goal.row}: at most ${atMost}${unit}`,
    placement,
    measured,
    reached: measured && measured.median <= atMost!,
  };
}
