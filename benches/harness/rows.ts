/** What makes rows that differ by the end of their program and its options. */

import type { Options, Row } from "./bench.ts";

/** Sleeps at once. */
export const block: Options = { wait: "block" };
/** C that looks again before it sleeps, as ours does. */
export const cSpin = "C, 2 pauses and 100 yields first";

/** The sides of messages there and back: the one that answers is first. */
export const bothWays: readonly Options[] = [
  { role: "server" },
  { role: "client" },
];
/** The sides of messages one way. */
export const oneWay: readonly Options[] = [
  { role: "receiver" },
  { role: "sender" },
];

/** Makes a row: its name, what its program ends in, and its options. */
export type MakeRow = (
  name: string,
  ending: string,
  options?: Options,
  baseline?: string,
) => Row;

/**
 * Rows of programs whose names begin alike.
 *
 * @param program What the names begin with.
 * @param common What else the rows have in common.
 * @returns What makes one; its options come on top of the common ones.
 */
export function rowMaker(program: string, common: Partial<Row> = {}): MakeRow {
  return (name, ending, options = {}, baseline) => ({
    ...common,
    name,
    program: program + ending,
    options: { ...common.options, ...options },
    ...baseline && { baseline },
  });
}

/**
 * Rows of messages there and back.
 *
 * @param what What the names of the programs begin with.
 * @param common What else the rows have in common.
 */
export function roundTripMaker(
  what: string,
  common: Partial<Row> = {},
): MakeRow {
  return rowMaker(`${what}_round_trip`, { ...common, processes: bothWays });
}

/**
 * Rows of messages one way.
 *
 * @param what What the names of the programs begin with.
 * @param common What else the rows have in common.
 */
export function copyMaker(what: string, common: Partial<Row> = {}): MakeRow {
  return rowMaker(`${what}_copy`, { ...common, processes: oneWay });
}

/** There and back by calls of the system: C, raw FFI and ours. */
export function ownRoundTrips(row: MakeRow): Row[] {
  return [
    row("C, block", ".c", block),
    row("raw FFI, block", "_raw.ts", block, "C, block"),
    row("sync, block", ".ts", block, "C, block"),
    row(cSpin, ".c"),
    row("raw FFI, like that", "_raw.ts", {}, cSpin),
    row("sync, adaptive", ".ts", {}, cSpin),
    row("async, adaptive", "_async.ts", {}, cSpin),
    row("async, block", "_async.ts", block, "C, block"),
  ];
}
