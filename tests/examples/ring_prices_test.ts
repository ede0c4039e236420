import { assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { output } from "../_util/child.ts";
import { test } from "../_util/test.ts";

test(
  "the example of rings prints the averages",
  { needs: ["run"] },
  async () => {
    const path = fromFileUrl(
      new URL("../../examples/ring/prices.ts", import.meta.url),
    );
    const flags = ["run", "--quiet", "--allow-ffi", "--allow-run"];
    const text = await output(
      new Deno.Command(Deno.execPath(), {
        args: [...flags, path, "--count", "28000"],
        stdout: "piped",
      }),
    );
    const lines = [0, 1, 2, 3].map((i) => `instrument ${i}: 103.0000`);
    assertEquals(text.split("\n"), lines);
  },
);
