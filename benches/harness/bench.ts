/** What a bench of one mechanism is made of. */

import type { Channel } from "./channel.ts";
import type { Metric } from "./metric.ts";
import type { Placement } from "./placement.ts";

/** All that is measured of one mechanism. */
export interface Bench {
  /** What it is about, in one sentence. */
  readonly title: string;
  /** What is compared with what. */
  readonly tables: readonly Table[];
}

/** Configurations that are compared with each other. */
export interface Table {
  /** What they all do. */
  readonly title: string;
  /** What is shown; the first is what ratios and goals are about. */
  readonly metrics: readonly [Metric, ...Metric[]];
  /** Where the processes run. */
  readonly placements: readonly Placement[];
  /** What is compared. */
  readonly rows: readonly Row[];
  /** What the figures ought to be. */
  readonly goals?: readonly Goal[];
  /** The most passes, for what takes long. */
  readonly passes?: number;
}

/** One configuration: a program, and how to run it. */
export interface Row {
  /** Its name, which no other row of the table has. */
  readonly name: string;
  /**
   * The source of the program, from the folder of the peers. What follows
   * the last dot says what runs it.
   */
  readonly program: string;
  /** What every process is given. */
  readonly options?: Options;
  /**
   * What each process is given besides, in the order in which they start. The
   * last one measures.
   *
   * @default {[{}]}
   */
  readonly processes?: readonly Options[];
  /** What joins the two processes, if the harness makes it. */
  readonly channel?: Channel;
  /**
   * The permissions of a Deno program that measures.
   *
   * @default {["--allow-ffi"]}
   */
  readonly permissions?: readonly string[];
  /** A whole program, timed from outside, instead of one that measures. */
  readonly whole?: WholeProgram;
  /** The row that the ratio shown is with. */
  readonly baseline?: string;
  /** What the C compiler is given besides, for a library that may be absent. */
  readonly compile?: readonly string[];
  /** The modules that a Python or Node program needs besides its own. */
  readonly modules?: readonly string[];
  /** Fewer placements than the table has. */
  readonly placements?: readonly Placement[];
}

/** What a peer is given as `key=value`. */
export type Options = Readonly<Record<string, string | number>>;

/** A program that knows nothing of the protocol. */
export interface WholeProgram {
  /** The permissions of a Deno program. */
  readonly permissions?: readonly string[];
  /** The command line. */
  readonly args: readonly string[];
  /** What it has to print. */
  readonly expect: RegExp;
}

/** What a metric of a row ought to be. */
export interface Goal {
  /** The row. */
  readonly row: string;
  /** The key of the metric, if it is not the first one of the table. */
  readonly metric?: string;
  /** The row that it is compared with; without it, the figure itself. */
  readonly than?: string;
  /** The figure, or its ratio to that of the other row, is at most this. */
  readonly atMost?: number;
  /** The figure itself is at least this. */
  readonly atLeast?: number;
  /** It is at least so many times as fast as the other row. */
  readonly timesAsFast?: number;
  /** Where, if not in every placement. */
  readonly placements?: readonly Placement[];
}
