/** Peers in other languages that do what their arguments say, for tests. */

import {
  compileC,
  hasProgram,
  output,
  peerPath,
  withoutProgram,
} from "./child.ts";
import { notLinux } from "./test.ts";
import type { TestOptions, TestScope } from "./test.ts";

/** Runs the peer, and returns what it prints. */
export type RunPeer = (...args: string[]) => Promise<string>;

/** A peer, and what a test needs that has it. */
export interface ForeignPeer {
  /** The language, such as `"a C program"`, for the names of tests. */
  readonly who: string;
  /** The options of the test. */
  readonly options: TestOptions;
  /** Makes it ready to run. */
  prepare(t: TestScope): Promise<RunPeer>;
}

/**
 * A program in C, compiled when a test prepares it.
 *
 * @param source Its file in `tests/_peers`.
 */
export function cPeer(source: string): ForeignPeer {
  return {
    who: "a C program",
    options: {
      needs: ["run", "write"],
      ignore: notLinux || withoutProgram("cc"),
    },
    async prepare(t) {
      const program = await compileC(source, t.folder());
      return (...args) => output(new Deno.Command(program, { args }));
    },
  };
}

/**
 * A script in Python that stands on a module, run by an interpreter that has
 * it: the one that Debian installs modules for may not be the first one.
 *
 * @param script Its file in `tests/_peers`.
 * @param module The module.
 * @param before Arguments before those of each run.
 */
export function pythonPeer(
  script: string,
  module: string,
  before: string[] = [],
): ForeignPeer {
  const program = ["python3", "/usr/bin/python3"].find((program) =>
    hasProgram(program, ["-c", `import ${module}`])
  );
  return {
    who: `Python by ${module}`,
    options: {
      needs: ["run"],
      ignore: notLinux || !program && `needs Python's ${module}`,
    },
    prepare: () =>
      Promise.resolve((...args) => {
        const all = [peerPath(script), ...before, ...args];
        return output(new Deno.Command(program!, { args: all }));
      }),
  };
}
