/** The tests that every pi example has to pass. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { outcome, peerPath, withoutProgram } from "../_util/child.ts";
import { notLinux, test } from "../_util/test.ts";
import type { TestScope } from "../_util/test.ts";
import { sleep } from "../_util/wait.ts";

/** Runs an example, and looks at what it leaves behind. */
export class PiRun {
  /** Where it puts its temporary files. */
  readonly #folder: string;
  readonly #script: string;
  readonly #flags: string[];
  readonly #objects: () => string[];
  /** What was there before, and is somebody else's. */
  readonly #before: readonly string[];

  /**
   * @param t The test.
   * @param name The name of the example, such as `"shm_pi"`.
   * @param objects What it might leave behind, besides files.
   */
  constructor(t: TestScope, name: string, objects: () => string[]) {
    this.#folder = t.folder();
    this.#script = fromFileUrl(
      new URL(`../../examples/${name}.ts`, import.meta.url),
    );
    const source = Deno.readTextFileSync(this.#script);
    const command = new RegExp(`^ \\* deno run (.+) examples/${name}.ts$`, "m");
    this.#flags = source.match(command)![1]!.split(" ");
    this.#objects = objects;
    this.#before = objects();
  }

  /** What its header says that it is to be allowed. */
  get flags(): readonly string[] {
    return this.#flags;
  }

  /** The command in its header, with arguments. */
  command(...args: string[]): Deno.Command {
    return this.#run(Deno.execPath(), [
      "run",
      "--quiet",
      ...this.#flags,
      this.#script,
      ...args,
    ]);
  }

  /**
   * Runs it in a pseudo-terminal, and answers its prompts.
   *
   * @param interruptAt When to press Ctrl-C.
   * @param flags What it is allowed without a prompt.
   * @param args Its arguments.
   */
  inTerminal(
    interruptAt: string,
    flags: readonly string[],
    ...args: string[]
  ): Deno.Command {
    const deno = [Deno.execPath(), "run", ...flags, this.#script, ...args];
    return this.#run("python3", [
      peerPath("pty_run.py"),
      "y",
      interruptAt,
      ...deno,
    ]);
  }

  #run(program: string, args: string[]): Deno.Command {
    return new Deno.Command(program, {
      args,
      env: { TMPDIR: this.#folder },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    });
  }

  /** Waits until nothing is left behind: other tests remove theirs as well. */
  async assertNothingLeft(): Promise<void> {
    assertEquals([...Deno.readDirSync(this.#folder)], []);
    const suspects = this.#objects().filter((object) =>
      !this.#before.includes(object)
    );
    while (this.#objects().some((object) => suspects.includes(object))) {
      await sleep(20);
    }
  }
}

/** The workers of a parent, as the kernel knows them. */
export async function workersOf(pid: number, count: number): Promise<number[]> {
  for (;;) {
    const children = Deno.readTextFileSync(
      `/proc/${pid}/task/${pid}/children`,
    ).trim().split(" ").filter(Boolean).map(Number);
    if (children.length >= count) return children;
    await sleep(5);
  }
}

/** Whether a process has not ended. */
export function isRunning(pid: number): boolean {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    return !/\) Z /.test(stat);
  } catch {
    return false;
  }
}

/** More terms than anybody waits for. */
const ENDLESS = ["--n", "1000000000000"];

/**
 * Declares the tests of an example.
 *
 * @param name The name of the example, such as `"shm_pi"`.
 * @param objects What it might leave behind, besides files.
 */
export function testPi(name: string, objects: () => string[] = () => []): void {
  const needs = ["run", "read", "write"] as const;
  const seesProcesses = { needs: ["all"] as const, ignore: notLinux };
  const deadline = 20_000;

  test(`${name} prints pi, and each worker's pid and sum`, {
    needs,
    deadline,
  }, async (t) => {
    const run = new PiRun(t, name, objects);
    const { code, stdout, stderr } = await outcome(
      run.command("--n", "100000", "--workers", "7"),
    );
    assertEquals([code, stderr], [0, ""]);
    const sums = [
      ...stdout.matchAll(/^worker +\d+ {2}pid +(\d+) {2}sum (.+)$/gm),
    ];
    assertEquals(new Set(sums.map(([, pid]) => pid)).size, 7);
    const sum = sums.reduce((sum, [, , part]) => sum + Number(part), 0);
    const [, pi] = stdout.match(/^pi +(.+)$/m)!;
    assert(Math.abs(Number(pi) - Math.sqrt(8 * sum)) < 1e-12, stdout);
    // The terms that are left out are 1 / (4n) of the sum, near enough.
    assert(Math.abs(Number(pi) - Math.PI) < 4e-6, stdout);
    assertMatch(stdout, /^error +3\.183e-6$/m);
    assertMatch(stdout, /^time +\d+ ms: 100000 terms, 7 workers$/m);
    await run.assertNothingLeft();
  });

  test(`${name} is not disturbed by a second one`, {
    needs,
    deadline,
  }, async (t) => {
    const run = new PiRun(t, name, objects);
    const args = ["--n", "1000000", "--workers", "4"];
    const runs = await Promise.all([
      outcome(run.command(...args)),
      outcome(run.command(...args)),
    ]);
    for (const { stdout, stderr } of runs) {
      const pi = stdout.match(/^pi +([\d.]+)$/m)?.[1];
      assert(Math.abs(Number(pi) - Math.PI) < 4e-7, `pi is ${pi}: ${stderr}`);
    }
    await run.assertNothingLeft();
  });

  test(`${name} ends with an error that names the worker that was killed`, {
    ...seesProcesses,
    deadline,
  }, async (t) => {
    const run = new PiRun(t, name, objects);
    const parent = run.command(...ENDLESS, "--workers", "3").spawn();
    const workers = await workersOf(parent.pid, 3);
    Deno.kill(workers[1]!, "SIGKILL");
    const { code, stderr } = await parent.output();
    assertEquals(code, 1);
    assertMatch(
      new TextDecoder().decode(stderr),
      new RegExp(`^Worker 1 \\(pid ${workers[1]}\\) was killed by SIGKILL`),
    );
    assertEquals(workers.filter(isRunning), []);
    await run.assertNothingLeft();
  });

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    test(`${name} removes everything when it gets ${signal}`, {
      ...seesProcesses,
      deadline,
    }, async (t) => {
      const run = new PiRun(t, name, objects);
      const parent = run.command(...ENDLESS, "--workers", "3").spawn();
      const workers = await workersOf(parent.pid, 3);
      Deno.kill(parent.pid, signal);
      const { code, stderr } = await parent.output();
      assertEquals(code, 130);
      assertMatch(new TextDecoder().decode(stderr), /^Interrupted$/m);
      assertEquals(workers.filter(isRunning), []);
      await run.assertNothingLeft();
    });
  }

  test(`${name} works without flags when the prompts are answered`, {
    needs,
    ignore: withoutProgram("python3"),
    deadline,
  }, async (t) => {
    const run = new PiRun(t, name, objects);
    const { code, stdout } = await outcome(
      run.inTerminal("", [], "--n", "100000", "--workers", "2"),
    );
    assertEquals(code, 0, stdout);
    for (const flag of run.flags) {
      const permission = flag.replace("--allow-", "");
      assertMatch(stdout, new RegExp(`requests .*${permission} access`));
    }
    assertMatch(stdout, /pi +3\.1415/);
    await run.assertNothingLeft();
  });
}
