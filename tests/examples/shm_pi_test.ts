import { openSemaphore } from "@ipc/shm";
import { assertEquals, assertMatch } from "@std/assert";
import { outcome, withoutProgram } from "../_util/child.ts";
import { notLinux, test } from "../_util/test.ts";
import { isRunning, PiRun, testPi, workersOf } from "./_pi.ts";

const needs = ["run", "read", "write"] as const;

/** The objects with random names that exist now, where they can be seen. */
function objects(): string[] {
  try {
    return [...Deno.readDirSync("/dev/shm")].map(({ name }) => name)
      .filter((name) => /^(sem\.)?ipc_/.test(name)).sort();
  } catch {
    return [];
  }
}

testPi("shm_pi", objects);

test("shm_pi explains its options when asked", { needs }, async (t) => {
  const run = new PiRun(t, "shm_pi", objects);
  const { code, stdout } = await outcome(run.command("--help"));
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
  test(`shm_pi refuses ${args.join(" ")}`, { needs }, async (t) => {
    const run = new PiRun(t, "shm_pi", objects);
    const { code, stderr } = await outcome(run.command(...args));
    assertEquals(code, 2);
    assertMatch(stderr, reason);
  });
}

test(
  "shm_pi ends with an error when a worker is killed while the semaphore is held",
  {
    needs: ["all"],
    ignore: notLinux,
    deadline: 20_000,
  },
  async (t) => {
    const run = new PiRun(t, "shm_pi", objects);
    const parent = run.command("--n", "1000", "--workers", "4").spawn();
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
    await run.assertNothingLeft();
  },
);

const ignore = withoutProgram("python3");

test("shm_pi draws a progress bar in a terminal", {
  needs,
  ignore,
  deadline: 20_000,
}, async (t) => {
  const run = new PiRun(t, "shm_pi", objects);
  const { code, stdout } = await outcome(
    run.inTerminal("", run.flags, "--n", "50000000", "--workers", "2"),
  );
  assertEquals(code, 0, stdout);
  assertMatch(stdout, /█+░+ +\d+ %/);
  assertMatch(stdout, /pi +3\.1415/);
});

test("shm_pi removes everything on Ctrl-C in a terminal", {
  needs,
  ignore,
  deadline: 20_000,
}, async (t) => {
  const run = new PiRun(t, "shm_pi", objects);
  const { code, stdout } = await outcome(
    run.inTerminal("1 %", run.flags, "--n", "20000000000", "--workers", "2"),
  );
  assertEquals(code, 130, stdout);
  assertMatch(stdout, /Interrupted/);
  await run.assertNothingLeft();
});
