import { openSemaphore } from "@ipc/shm";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { outcome, peerPath, withoutProgram } from "../_util/child.ts";
import { test } from "../_util/test.ts";

const example = fromFileUrl(
  new URL("../../examples/shm_pi.ts", import.meta.url),
);
const needs = ["run", "read"] as const;

function shmPi(...args: string[]): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--allow-ffi", "--allow-run", example, ...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

/** The objects with random names that exist now. */
function objects(): string[] {
  return [...Deno.readDirSync("/dev/shm")].map(({ name }) => name)
    .filter((name) => /^(sem\.)?ipc_/.test(name)).sort();
}

/** The workers of a parent, as the kernel knows them. */
async function workersOf(pid: number, count: number): Promise<number[]> {
  for (;;) {
    const children = Deno.readTextFileSync(
      `/proc/${pid}/task/${pid}/children`,
    ).trim().split(" ").filter(Boolean).map(Number);
    if (children.length >= count) return children;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function isRunning(pid: number): boolean {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    return !/\) Z /.test(stat);
  } catch {
    return false;
  }
}

test("shm_pi prints pi, and each worker's pid and sum", { needs }, async () => {
  const before = objects();
  const { code, stdout, stderr } = await outcome(
    shmPi("--n", "100000", "--workers", "7"),
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
  assertEquals(objects(), before);
});

test("shm_pi explains its options when asked", { needs }, async () => {
  const { code, stdout } = await outcome(shmPi("--help"));
  assertEquals(code, 0);
  assertMatch(stdout, /--n N[^]*--workers N/);
});

for (
  const [args, reason] of [
    [["--n", "0"], /Cannot use --n 0/],
    [["--n", "1.5"], /Cannot use --n 1.5/],
    [["--workers", "ten"], /Cannot use --workers ten/],
    [["--workers="], /Cannot use --workers/],
    [["--what"], /Unknown argument --what/],
  ] as const
) {
  test(`shm_pi refuses ${args.join(" ")}`, { needs }, async () => {
    const { code, stderr } = await outcome(shmPi(...args));
    assertEquals(code, 2);
    assertMatch(stderr, reason);
  });
}

test("shm_pi is not disturbed by a second one", { needs }, async () => {
  const before = objects();
  const runs = await Promise.all([
    outcome(shmPi("--n", "1000000")),
    outcome(shmPi("--n", "1000000")),
  ]);
  const results = runs.map(({ stdout }) => stdout.match(/^pi +([\d.]+)$/m)![1]);
  for (const pi of results) {
    assert(Math.abs(Number(pi) - Math.PI) < 4e-7, `pi is ${pi}`);
  }
  assertEquals(objects(), before);
});

test(
  "shm_pi ends with an error when a worker is killed while the semaphore is held",
  {
    needs,
    deadline: 20_000,
  },
  async () => {
    const before = objects();
    const parent = shmPi("--n", "1000", "--workers", "4").spawn();
    const workers = await workersOf(parent.pid, 4);
    // The semaphore is taken and never given back, as by a worker that dies
    // while it holds it; the workers wait for it. Then one of them dies.
    const name = Deno.readTextFileSync(`/proc/${workers[0]}/cmdline`)
      .split("\0").filter(Boolean).at(-1)!;
    {
      using semaphore = openSemaphore(name);
      semaphore.acquireSync();
      Deno.kill(workers[2]!, "SIGKILL");
      const { code, stderr } = await parent.output();
      assertEquals(code, 1);
      assertMatch(
        new TextDecoder().decode(stderr),
        new RegExp(
          `^Worker 2 \\(pid ${workers[2]}\\) was killed by SIGKILL`,
          "m",
        ),
      );
    }
    assertEquals(workers.filter(isRunning), []);
    assertEquals(objects(), before);
  },
);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  test(`shm_pi removes everything when it gets ${signal}`, {
    needs,
    deadline: 20_000,
  }, async () => {
    const before = objects();
    const parent = shmPi("--n", "1000000000000", "--workers", "3").spawn();
    const workers = await workersOf(parent.pid, 3);
    Deno.kill(parent.pid, signal);
    const { code, stderr } = await parent.output();
    assertEquals(code, 130);
    assertMatch(new TextDecoder().decode(stderr), /^Interrupted$/m);
    assertEquals(workers.filter(isRunning), []);
    assertEquals(objects(), before);
  });
}

const ignore = withoutProgram("python3");

/** Runs the example in a pseudo-terminal. */
function inTerminal(
  interruptAt: string,
  flags: string[],
  args: string[],
): Deno.Command {
  const deno = [Deno.execPath(), "run", ...flags, example, ...args];
  return new Deno.Command("python3", {
    args: [peerPath("pty_run.py"), "y", interruptAt, ...deno],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

test("shm_pi works without flags when the prompts are answered", {
  needs,
  ignore,
  deadline: 20_000,
}, async () => {
  const before = objects();
  const { code, stdout } = await outcome(
    inTerminal("", [], ["--n", "100000", "--workers", "3"]),
  );
  assertEquals(code, 0, stdout);
  assertMatch(stdout, /requests .*ffi access/);
  assertMatch(stdout, /requests .*run access/);
  assertMatch(stdout, /prompts 2/);
  assertMatch(stdout, /pi +3\.1415/);
  assertEquals(objects(), before);
});

test("shm_pi draws a progress bar in a terminal", {
  needs,
  ignore,
  deadline: 20_000,
}, async () => {
  const flags = ["--allow-ffi", "--allow-run"];
  const { code, stdout } = await outcome(
    inTerminal("", flags, ["--n", "50000000", "--workers", "2"]),
  );
  assertEquals(code, 0, stdout);
  assertMatch(stdout, /█+░+ +\d+ %/);
  assertMatch(stdout, /pi +3\.1415/);
});

test("shm_pi removes everything on Ctrl-C in a terminal", {
  needs,
  ignore,
  deadline: 20_000,
}, async () => {
  const before = objects();
  const flags = ["--allow-ffi", "--allow-run"];
  const { code, stdout } = await outcome(
    inTerminal("1 %", flags, ["--n", "20000000000", "--workers", "2"]),
  );
  assertEquals(code, 130, stdout);
  assertMatch(stdout, /Interrupted/);
  assertEquals(objects(), before);
});
