/** The model of the ring and its handshake, in every order of its steps. */

import { assert, assertMatch } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { output, withoutProgram } from "../_util/child.ts";
import { test } from "../_util/test.ts";

const model = Deno.build.os === "windows" ? "" : fromFileUrl(
  new URL("../../tools/model/ring.pml", import.meta.url),
);
const needs = ["run", "read", "write"] as const;
const ignore = withoutSpin() || withoutProgram("cc");

/** `spin` says its version to -V, and to nothing else. */
function withoutSpin(): string | false {
  const run = { name: "run" } as const;
  if (Deno.permissions.querySync(run).state !== "granted") return "needs spin";
  try {
    return !new Deno.Command("spin", { args: ["-V"] }).outputSync().success &&
      "needs spin";
  } catch {
    return "needs spin";
  }
}

/** Checks the model in a folder, and returns what the checker says. */
async function check(
  folder: string,
  text: string,
  flags: string[],
): Promise<string> {
  await Deno.writeTextFile(`${folder}/ring.pml`, text);
  const run = (program: string, args: string[]) =>
    output(
      new Deno.Command(program, { args, cwd: folder, stdout: "piped" }),
    );
  await run("spin", [...flags, "-a", "ring.pml"]);
  await run("cc", ["-O1", "-DSAFETY", "-w", "-o", "pan", "pan.c"]);
  return await run("./pan", ["-m100000"]);
}

for (const flags of [[], ["-DDEATH"], ["-DLANES=2"]]) {
  test(`no order of the steps loses a message or sleeps for ever ${flags}`, {
    needs,
    ignore,
  }, async (scope) => {
    const text = await Deno.readTextFile(model);
    const result = await check(scope.folder(), text, flags);
    assertMatch(result, /errors: 0/);
  });
}

const announce = "step(lane.waiting = 1; seen_head = lane.head_at);";
const doze = "atomic { lanes[i].asleep = 1; seen[i] = lanes[i].tail_at }";
const arrive = "  step(ring_consumer(lane));\n  step(lane.state = 1;";
const faults: [name: string, flags: string[], good: string, bad: string][] = [
  [
    "a producer's sleep that is not announced in one step",
    [],
    announce,
    "step(seen_head = lane.head_at); step(lane.waiting = 1);",
  ],
  [
    "a consumer's sleep that is not announced in one step",
    [],
    doze,
    "seen[i] = lanes[i].tail_at; lanes[i].asleep = 1",
  ],
  [
    "a producer that is there before it has rung",
    ["-DDEATH"],
    arrive,
    "  step(lane.state = 1;",
  ],
  [
    "a death that an heir hides",
    ["-DDEATH"],
    "lane.state = 0; lane.deaths++ :: else fi",
    "lane.state = 0 :: else fi",
  ],
];

for (const [name, flags, good, bad] of faults) {
  test(`the model finds ${name}`, { needs, ignore }, async (scope) => {
    const text = await Deno.readTextFile(model);
    assert(text.includes(good));
    const result = await check(scope.folder(), text.replace(good, bad), flags);
    assertMatch(result, /errors: [1-9]/);
  });
}
