import { hasProgram } from "../_util/child.ts";
import { testPi } from "./_pi.ts";

/** Lists the queues, which takes the right to mount. */
const list = [
  ...["--mount", "--propagation", "private", "sh", "-c"],
  "mount -t mqueue none /mnt && ls /mnt",
];
const canList = hasProgram("unshare", list);

/** The queues with random names that exist now, where they can be seen. */
function queues(): string[] {
  if (!canList) return [];
  const { stdout } = new Deno.Command("unshare", { args: list }).outputSync();
  return new TextDecoder().decode(stdout).split("\n")
    .filter((name) => name.startsWith("ipc_")).sort();
}

testPi("mqueue_pi", queues);
