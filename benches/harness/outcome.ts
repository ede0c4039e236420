/** What all passes of a configuration found. */

import type { Figures } from "./metric.ts";
import type { Case } from "./selection.ts";
import { spreadOf } from "./statistics.ts";
import type { Spread } from "./statistics.ts";
import { Absent } from "./workshop.ts";

/** The passes of one case. */
export class Outcome {
  /** What ran. */
  readonly case: Case;
  /** What each pass found, or nothing if it failed. */
  readonly passes: (Figures | undefined)[] = [];
  /** Why there are no figures, or fewer. */
  problem: string | undefined;
  /** Whether something is absent, so that no pass can succeed. */
  isAbsent = false;

  /**
   * @param ran What ran.
   */
  constructor(ran: Case) {
    this.case = ran;
  }

  /** Keeps what a pass found. */
  add(figures: Figures): void {
    this.passes.push(figures);
  }

  /** Keeps why a pass found nothing. */
  fail(error: unknown): void {
    this.passes.push(undefined);
    this.problem = error instanceof Error ? error.message : String(error);
    this.isAbsent = error instanceof Absent;
  }

  /** One figure over all passes. */
  spread(key: string): Spread | undefined {
    const values = this.passes.map((figures) => figures?.[key])
      .filter((value) => value !== undefined);
    return values.length === 0 ? undefined : spreadOf(values);
  }

  /**
   * How one figure compares with that of another case: the ratio of the
   * medians, and the range of the ratios within each pass.
   */
  ratio(other: Outcome, key: string): Spread | undefined {
    const [mine, theirs] = [this.spread(key), other.spread(key)];
    if (mine === undefined || theirs === undefined) return undefined;
    const pairs = this.passes.map((figures, pass) =>
      (figures?.[key] ?? NaN) / (other.passes[pass]?.[key] ?? NaN)
    ).filter((ratio) => !Number.isNaN(ratio));
    const median = mine.median / theirs.median;
    return { ...spreadOf([...pairs, median]), median };
  }
}
