/** The pi example as a whole program, from its start to its end. */

import type { Bench, Table } from "./harness/bench.ts";
import { wholeProgramMetrics } from "./harness/metric.ts";

const ours = "examples/shm_pi.ts";
const python = "Python, os.fork";
const raw = "raw FFI, one file";

/** Pi from so many terms, by ten processes. */
function pi(terms: number, timesAsFast: number, passes?: number): Table {
  const expect = /^pi +3\.141592/m;
  const args = [String(terms), "10"];
  return {
    title: `Pi from ${terms.toLocaleString("en")} terms, ten processes`,
    metrics: wholeProgramMetrics,
    placements: ["none"],
    ...passes && { passes },
    rows: [
      {
        name: ours,
        program: "../../examples/shm_pi.ts",
        whole: {
          permissions: ["--allow-ffi", "--allow-run"],
          args: ["--n", String(terms), "--workers", "10"],
          expect,
        },
      },
      {
        name: python,
        program: "pi.py",
        whole: { args, expect },
        baseline: ours,
      },
      {
        name: raw,
        program: "pi_raw.ts",
        whole: { permissions: ["--allow-ffi", "--allow-run"], args, expect },
        baseline: python,
      },
      {
        name: "C, fork",
        program: "pi.c",
        whole: { args, expect },
        baseline: ours,
      },
    ],
    goals: [{ row: ours, than: python, timesAsFast }],
  };
}

/** The pi example. */
export const bench: Bench = {
  title: "pi by shared memory, as a whole program",
  tables: [pi(10_000_000, 3), pi(100_000_000, 20, 3)],
};
