/**
 * Checks that `mod.ts` exports every public name of every module, and that no
 * two modules export different things under one name.
 *
 * deno run --allow-read --allow-ffi tools/check_surface.ts
 */

import { join } from "@std/path";

const root = join(import.meta.dirname!, "..");
const { workspace } = JSON.parse(
  Deno.readTextFileSync(join(root, "deno.json")),
) as { workspace: string[] };

const surface: Record<string, unknown> = await import("../mod.ts");
const owners = new Map<string, [member: string, value: unknown]>();
const faults: string[] = [];

for (const member of workspace.filter((path) => path !== "./libc")) {
  const module = await import(`../${member}/mod.ts`) as Record<string, unknown>;
  for (const [name, value] of Object.entries(module)) {
    const [owner, other] = owners.get(name) ?? [member, value];
    if (other !== value) {
      faults.push(`${name} differs between ${owner} and ${member}`);
    }
    if (surface[name] !== value) {
      faults.push(`${name} of ${member} is missing from mod.ts`);
    }
    owners.set(name, [member, value]);
  }
}
for (const name of Object.keys(surface)) {
  if (!owners.has(name)) faults.push(`${name} of mod.ts is of no module`);
}

for (const fault of faults) console.error(fault);
console.log(`${owners.size} public names, ${faults.length} faults`);
if (faults.length > 0) Deno.exit(1);
