import { mkfifo } from "@ipc/fifo";
import { assert, assertEquals } from "@std/assert";
import { outcome } from "../_util/child.ts";
import { test } from "../_util/test.ts";
import { PiRun, testPi } from "./_pi.ts";

testPi("fifo_pi");

test("a worker of fifo_pi ends when its parent is gone", {
  needs: ["read", "run", "write", "env"],
}, async (t) => {
  const path = `${t.folder()}/sums`;
  mkfifo(path);
  const run = new PiRun(t, "fifo_pi", () => []);
  const worker = run.command("worker", "0", "0", "1000", "nothing", path);
  const { code, stderr } = await outcome(worker);
  assertEquals(code, 1);
  assert(stderr.includes("TimedOut: Cannot open FIFO"), stderr);
});
