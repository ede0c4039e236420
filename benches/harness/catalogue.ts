/** Finds the benches: every file `*_bench.ts` beside the entry is one. */

import type { Bench } from "./bench.ts";
import { Failure } from "./failure.ts";

const folder = new URL("../", import.meta.url);
const suffix = "_bench.ts";

/**
 * Loads benches.
 *
 * @param names Which; all, if there are none.
 * @returns The benches by name.
 * @throws {Failure} If there is no bench of a name.
 */
export async function loadBenches(
  names: readonly string[],
): Promise<Map<string, Bench>> {
  const known = [...Deno.readDirSync(folder)].map(({ name }) => name)
    .filter((name) => name.endsWith(suffix))
    .map((name) => name.slice(0, -suffix.length)).sort();
  for (const name of names) {
    if (!known.includes(name)) {
      throw new Failure(
        `There is no bench of ${name}: there are ${known.join(", ")}`,
        2,
      );
    }
  }
  const benches = new Map<string, Bench>();
  for (const name of names.length > 0 ? names : known) {
    const module: { bench: Bench } = await import(
      new URL(name + suffix, folder).href
    );
    benches.set(name, module.bench);
  }
  return benches;
}
