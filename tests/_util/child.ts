/** Other processes for tests: Deno, C, Python and others. */

import { fromFileUrl } from "@std/path";
import { TextLineStream } from "@std/streams";

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

/** How to start a script. */
export interface DenoPeerOptions extends Omit<Deno.CommandOptions, "args"> {
  /**
   * Flags for Deno.
   *
   * @default {["--allow-ffi"]}
   */
  flags?: string[];
  /** A command that starts it, given the program and its arguments. */
  through?: [program: string, ...args: string[]];
}

/**
 * A command that runs a script of `tests/_peers` with Deno.
 *
 * @param peer The name of the script, such as `"hold.ts"`.
 * @param args What it is given.
 * @param options How to start it.
 */
export function denoPeer(
  peer: string,
  args: string[] = [],
  options: DenoPeerOptions = {},
): Deno.Command {
  const { flags = ["--allow-ffi"], through = [], ...rest } = options;
  const run = ["run", "--quiet", ...flags, peerPath(peer)];
  const [program, ...before] = [...through, Deno.execPath()];
  return new Deno.Command(program!, {
    args: [...before, ...run, ...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    ...rest,
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
 * Runs a command to its end, which has to be a good one.
 *
 * @param command The command.
 * @returns What it printed, without the last line break.
 * @throws {Error} If it complains, with its complaint.
 */
export async function output(command: Deno.Command): Promise<string> {
  const { code, signal, stdout, stderr } = await outcome(command);
  if (code !== 0) {
    throw new Error(`The process ended with ${signal ?? code}: ${stderr}`);
  }
  return stdout.trimEnd();
}

/** A process that is talked to in lines. */
export class Conversation {
  readonly #child: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;

  /**
   * @param program The program.
   * @param args What it is given.
   */
  constructor(program: string, args: string[]) {
    this.#child = new Deno.Command(program, {
      args,
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#writer = this.#child.stdin.getWriter();
    this.#lines = this.#child.stdout
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream())
      .getReader();
  }

  /** Talks to a script of `tests/_peers` that Deno runs. */
  static withDeno(peer: string, args: string[]): Conversation {
    return new Conversation(
      Deno.execPath(),
      ["run", "--quiet", "--allow-ffi", peerPath(peer), ...args],
    );
  }

  /** The process's number. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Its next line. */
  async hear(): Promise<string> {
    const { value } = await this.#lines.read();
    if (value === undefined) throw new Error("The process said no more");
    return value;
  }

  /** Says a line to it. */
  async say(line: string): Promise<void> {
    await this.#writer.write(new TextEncoder().encode(line + "\n"));
  }

  /** Says a line to it, and returns its answer. */
  async ask(line: string): Promise<string> {
    await this.say(line);
    return await this.hear();
  }

  /** Kills it with a signal that it cannot catch. */
  kill(): void {
    this.#child.kill("SIGKILL");
  }

  /** Ends its input and waits for its end. */
  async end(): Promise<Deno.CommandStatus> {
    await this.#writer.close().catch(() => {});
    await this.#lines.cancel();
    return await this.#child.status;
  }
}

/**
 * Compiles a C program of `tests/_peers`.
 *
 * @param source The name of the file, such as `"sem_peer.c"`.
 * @param folder Where to put the program, and where headers may be.
 * @param compiler Which compiler.
 * @returns The path of the program.
 */
export async function compileC(
  source: string,
  folder: string,
  compiler = "cc",
): Promise<string> {
  const program = `${folder}/${source.replace(/\.c$/, "")}`;
  const args = ["-O2", "-I", folder, "-o", program, peerPath(source)];
  await compile(compiler, [...args, "-pthread"]);
  return program;
}

/**
 * Compiles a C program that a test has written.
 *
 * @param text The program.
 * @param folder Where to put it.
 * @param compiler Which compiler.
 * @param args Arguments for the compiler.
 * @returns The path of the program.
 */
export async function compileText(
  text: string,
  folder: string,
  compiler = "cc",
  args: readonly string[] = [],
): Promise<string> {
  const program = `${folder}/program`;
  Deno.writeTextFileSync(`${program}.c`, text);
  await compile(compiler, [...args, "-o", program, `${program}.c`]);
  return program;
}

async function compile(compiler: string, args: string[]): Promise<void> {
  const { code, stderr } = await outcome(
    new Deno.Command(compiler, {
      args: ["-Wall", ...args],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }),
  );
  if (code !== 0) throw new Error(`Cannot compile: ${stderr}`);
}
