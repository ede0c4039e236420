// The command-line part of the npm package lacks a data file that the width
// tables of its mod.js need, so this names the one function that is used.
// @ts-types="./cli.d.ts"
export { parseArgs } from "npm:deno-std@1.4.0/cli/parse_args.js";
