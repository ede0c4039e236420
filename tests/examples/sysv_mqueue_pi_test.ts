import { hasProgram } from "../_util/child.ts";
import { testPi } from "./_pi.ts";

const canList = hasProgram("ipcs");

/** The ids of the queues that exist now, where they can be seen. */
function queues(): string[] {
  if (!canList) return [];
  const { stdout } = new Deno.Command("ipcs", { args: ["-q"] }).outputSync();
  return [...new TextDecoder().decode(stdout).matchAll(/^0x\S+ +(\d+)/gm)]
    .map(([, id]) => id!);
}

testPi("sysv_mqueue_pi", queues);
