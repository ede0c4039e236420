import { assertEquals, assertStringIncludes } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { output } from "../_util/child.ts";
import { notLinux, test } from "../_util/test.ts";
import { workersOf } from "./_pi.ts";

/** The example, with so many prices. */
function prices(count: string): Deno.Command {
  const path = fromFileUrl(
    new URL("../../examples/ring/prices.ts", import.meta.url),
  );
  const flags = ["run", "--quiet", "--allow-ffi", "--allow-run"];
  return new Deno.Command(Deno.execPath(), {
    args: [...flags, path, "--count", count],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

test(
  "the example of rings prints the averages",
  { needs: ["run"] },
  async () => {
    const text = await output(prices("28000"));
    const lines = [0, 1, 2, 3].map((i) => `instrument ${i}: 103.0000`);
    assertEquals(text.split("\n"), lines);
  },
);

test("the example of rings ends when its writer dies before it opens", {
  needs: ["all"],
  ignore: notLinux,
}, async () => {
  const reader = prices("1000").spawn();
  const [writer] = await workersOf(reader.pid, 1);
  Deno.kill(writer!, "SIGKILL");
  const { code, stderr } = await reader.output();
  assertEquals(code, 1);
  assertStringIncludes(
    new TextDecoder().decode(stderr),
    "The writer failed (137)",
  );
});
