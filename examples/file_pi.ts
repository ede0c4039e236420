/**
 * Pi by files: ten processes write their partial sums to files of their own,
 * and their parent reads them.
 *
 * deno run --allow-run --allow-read --allow-write examples/file_pi.ts
 *
 * @module
 */

import { runPi } from "./pi.ts";

await runPi(import.meta, {
  permissions: ["--allow-read", "--allow-write"],

  async parent({ slices, runWorkers }) {
    await using undo = new AsyncDisposableStack();

    // A folder with a random name, so that two runs at once do not disturb
    // each other. Only its owner may look inside.
    const folder = await Deno.makeTempDir({ prefix: "file_pi_" });
    undo.defer(() => Deno.remove(folder, { recursive: true }));

    await runWorkers([folder]);
    let total = 0;
    for (const { index } of slices) {
      total += Number(await Deno.readTextFile(`${folder}/${index}`));
    }
    return total;
  },

  async worker(sum, [folder], { index }) {
    // A rename is one step: there is no file of this name, or a whole one.
    // Nobody ever reads half a number.
    const path = `${folder}/${index}`;
    await Deno.writeTextFile(`${path}.part`, String(sum));
    await Deno.rename(`${path}.part`, path);
  },
});
