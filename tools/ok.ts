/**
 * Everything that has to pass before a change lands, save the tests when
 * `--no-tests` is given.
 *
 * deno run -A tools/ok.ts
 */

import { join } from "@std/path";
import { parseArgs } from "@std/cli";

const root = join(import.meta.dirname!, "..");
const { workspace } = settings<{ workspace: string[] }>(".");
/** Every file that can be imported by a name of its own. */
const entries = [".", ...workspace].flatMap((member) => {
  const { exports } = settings<{ exports: string | Record<string, string> }>(
    member,
  );
  const files = typeof exports === "string"
    ? [exports]
    : Object.values(exports);
  return files.map((file) => join(member, file));
});
const tests = !parseArgs(Deno.args, { boolean: ["no-tests"] })["no-tests"];

await step("format", ["fmt", "--check"]);
await step("lint", ["lint"]);
await step("types", ["check", "."]);
await step("documentation", ["doc", "--lint", ...entries]);
await step("documentation of each thing", ["run", "-A", "tools/check_docs.ts"]);
await step("surface", ["run", "-A", "tools/check_surface.ts"]);
for (const member of [".", ...workspace]) {
  await step(`publish ${member}`, [
    "publish",
    "--dry-run",
    "--allow-dirty",
  ], join(root, member));
}
if (tests) {
  await step("tests", ["task", "test"]);
  await step("tests with FFI alone", ["test", "--allow-ffi"]);
}
console.log("All is well");

function settings<T>(member: string): T {
  return JSON.parse(Deno.readTextFileSync(join(root, member, "deno.json")));
}

async function step(
  name: string,
  args: string[],
  cwd: string = root,
): Promise<void> {
  const start = performance.now();
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd,
    stdin: "null",
  }).output();
  const time = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${success ? "ok    " : "FAILED"} ${name} (${time} s)`);
  if (success) return;
  await Deno.stdout.write(stdout);
  await Deno.stderr.write(stderr);
  Deno.exit(1);
}
