import { hasProgram } from "../_util/child.ts";
import { testPi } from "./_pi.ts";

const canList = hasProgram("ipcs");

/** The ids of the objects that exist now, where they can be seen. */
function objects(): string[] {
  if (!canList) return [];
  return ["-m", "-s"].flatMap((kind) => {
    const { stdout } = new Deno.Command("ipcs", { args: [kind] }).outputSync();
    return [...new TextDecoder().decode(stdout).matchAll(/^0x\S+ +(\d+)/gm)]
      .map(([, id]) => `${kind} ${id}`);
  });
}

testPi("sysv_shm_pi", objects);
