/** Other processes for tests: Deno, C, Python and others. */

import { fromFileUrl } from "@std/path";

const decoder = new TextDecoder();

/** What a process left. */
export interface Outcome {
  /** The exit code. */
  code: number;
  /** The signal that ended it, if one did. */
  signal: Deno.Signal | null;
  /** What it printed. */
  stdout: string;
  /** What it complained of. */
  stderr: string;
}

/**
 * Whether a program is there to be run. Without the permission to run it,
 * it is not.
 *
 * @param program The program.
 * @param args What it answers to without doing harm.
 */
export function hasProgram(
  program: string,
  args: string[] = ["--version"],
): boolean {
  const run = { name: "run" } as const;
  if (Deno.permissions.querySync(run).state !== "granted") return false;
  try {
    return new Deno.Command(program, { args, stdin: "null" })
      .outputSync().success;
  } catch {
    return false;
  }
}

/**
 * The reason to ignore a test that needs a program, or false.
 *
 * @param program The program.
 */
export function withoutProgram(program: string): string | false {
  return !hasProgram(program) && `needs ${program}`;
}

/**
 * A command that runs a script of `tests/_peers` with Deno.
 *
 * @param peer The name of the script, such as `"holder.ts"`.
 * @param args What it is given.
 * @param options How to start it.
 */
export function denoPeer(
  peer: string,
  args: string[] = [],
  options: Omit<Deno.CommandOptions, "args"> = {},
): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--allow-ffi", peerPath(peer), ...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    ...options,
  });
}

/** The path of a file in `tests/_peers`. */
export function peerPath(peer: string): string {
  return fromFileUrl(new URL(`../_peers/${peer}`, import.meta.url));
}

/**
 * Runs a command to its end.
 *
 * @param command The command.
 */
export async function outcome(command: Deno.Command): Promise<Outcome> {
  const { code, signal, stdout, stderr } = await command.output();
  return {
    code,
    signal,
    stdout: decoder.decode(stdout),
    stderr: decoder.decode(stderr),
  };
}

/**
 * Compiles a C program of `tests/_peers`.
 *
 * @param source The name of the file, such as `"sem_peer.c"`.
 * @param folder Where to put the program.
 * @param compiler Which compiler.
 * @returns The path of the program.
 */
export async function compileC(
  source: string,
  folder: string,
  compiler = "cc",
): Promise<string> {
  const program = `${folder}/${source.replace(/\.c$/, "")}`;
  const { code, stderr } = await outcome(
    new Deno.Command(compiler, {
      args: ["-O2", "-Wall", "-o", program, peerPath(source), "-pthread"],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }),
  );
  if (code !== 0) throw new Error(`Cannot compile ${source}: ${stderr}`);
  return program;
}
