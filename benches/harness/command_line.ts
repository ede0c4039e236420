/** The command line of the benches. */

import { parseArgs } from "@std/cli";
import { Failure } from "./failure.ts";
import { allPlacements } from "./placement.ts";
import type { Placement } from "./placement.ts";
import type { Filter } from "./selection.ts";
import type { ToolNames } from "./toolbox.ts";

/**
 * How long peers warm up at least, in milliseconds: a compiler wants some
 * thousand calls, and on one core it competes with both sides.
 */
const LEAST_WARM = 500;

/** What was asked for. */
export interface CommandLine {
  /** The benches; all, if none is named. */
  readonly benches: readonly string[];
  readonly filter: Filter;
  readonly passes: number;
  /** How long peers warm up and measure, in milliseconds. */
  readonly warm: number;
  readonly time: number;
  /** Where to write JSON. */
  readonly json: string | undefined;
  readonly tools: ToolNames;
  readonly list: boolean;
  readonly help: boolean;
}

/** How to use it. */
export const usage =
  `Measures every mechanism against the same in C, Python and Node.

deno run -A benches/main.ts [options] [mechanism …]

  --quick             2 short passes instead of 5 long ones
  --passes N          how many passes
  --time N            how long a peer measures, in milliseconds
  --filter TEXT       only rows and tables whose names contain the text
  --placement A,B     only these of none, same, diff
  --json FILE         writes every figure to a file, too
  --cc, --python, --node PROGRAM
                      what to use instead of cc, python3 and node
  --list              prints what there is
  --help              prints this`;

/**
 * Reads the command line.
 *
 * @param args Its words.
 * @throws {Failure} If there is something in it that is not known.
 */
export function readCommandLine(args: readonly string[]): CommandLine {
  const options = parseArgs(args, {
    boolean: ["quick", "list", "help"],
    string: [
      ...["_", "passes", "time", "filter", "placement", "json"],
      ...["cc", "python", "node"],
    ],
    default: { filter: "", cc: "cc", python: "python3", node: "node" },
    unknown: (arg, key) => {
      if (key !== undefined) throw mistake(`Unknown option ${arg}`);
    },
  });
  const quick = options.quick === true;
  const text = (name: string) => {
    const value = options[name];
    return typeof value === "string" ? value : undefined;
  };
  const time = count("time", text("time")) ?? (quick ? 150 : 400);
  const placements = text("placement")?.split(",") ?? allPlacements;
  return {
    benches: options._.map(String),
    filter: {
      text: text("filter") ?? "",
      placements: placements.map(checkPlacement),
    },
    passes: count("passes", text("passes")) ?? (quick ? 2 : 5),
    warm: Math.max(LEAST_WARM, time / 2),
    time,
    json: text("json"),
    tools: {
      cc: text("cc") ?? "cc",
      python: text("python") ?? "python3",
      node: text("node") ?? "node",
    },
    list: options.list === true,
    help: options.help === true,
  };
}

function count(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw mistake(
    `Cannot use --${name} ${text}: it must be a whole number from 1`,
  );
}

function checkPlacement(text: string): Placement {
  const placement = allPlacements.find((name) => name === text);
  if (placement !== undefined) return placement;
  throw mistake(
    `Cannot use --placement ${text}: it must be some of ${
      allPlacements.join(", ")
    }`,
  );
}

function mistake(message: string): Failure {
  return new Failure(`${message}\n\n${usage}`, 2);
}
