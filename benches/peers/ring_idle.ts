/** Two processes that wait for each other through two rings, and do nothing. */

import { openRingReader, openRingWriter, unlinkRing } from "@ipc/ring";
import { now } from "./clock.ts";
import { cpu, numberOption, option, report } from "./peer.ts";

const name = `/${option("name")}_idle`;
const isSync = option("way") === "sync";

if (option("role") === "other") {
  // It waits for what does not come until the other side is gone.
  using _writer = openRingWriter(`${name}_back`);
  using reader = openRingReader(name);
  if (isSync) reader.receiveSync();
  else await reader.receive();
} else {
  using reader = openRingReader(`${name}_back`, { createNew: true });
  const wait = async (timeout: number): Promise<void> => {
    try {
      if (isSync) reader.receiveSync({ timeout });
      else await reader.receive({ timeout });
    } catch (error) {
      if (!(error instanceof Deno.errors.TimedOut)) throw error;
    }
  };
  openRingReader(name, { createNew: true }).close();
  const writer = openRingWriter(name);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--allow-ffi", ...[import.meta.filename!]]
      .concat([`name=${option("name")}`, `way=${option("way")}`, "role=other"]),
  }).spawn();
  while (!writer.hasConsumer) await new Promise((r) => setTimeout(r, 10));
  // The first wait loads what all later ones use.
  await wait(1);
  await new Promise((resolve) => setTimeout(resolve, 500));
  const stat = `/proc/${child.pid}`;
  const before = usage(stat);
  const used = cpu();
  const start = now();
  const pause = numberOption("idle_ms", 3000);
  await wait(pause);
  const seconds = (now() - start) / 1e9;
  const own = (cpu() - used) / 1e6;
  const after = usage(stat);
  report({
    percent: 100 * (own + after.seconds - before.seconds) / seconds,
    // Each sleep in the kernel that ends is a switch; there are no others.
    switches: (after.switches - before.switches) / seconds,
  });
  writer.close();
  await child.status;
  unlinkRing(name);
  unlinkRing(`${name}_back`);
}

/** The processor time of another process, and how often it was switched. */
function usage(path: string): { seconds: number; switches: number } {
  const fields = Deno.readTextFileSync(`${path}/stat`).split(") ")[1]!.split(
    " ",
  );
  let switches = 0;
  for (const { name } of Deno.readDirSync(`${path}/task`)) {
    const text = Deno.readTextFileSync(`${path}/task/${name}/status`);
    for (const [, count] of text.matchAll(/ctxt_switches:\s*(\d+)/g)) {
      switches += Number(count);
    }
  }
  return { seconds: (Number(fields[11]) + Number(fields[12])) / 100, switches };
}
