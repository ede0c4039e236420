/** This program once more, as a child with piped stdin and stdout. */

import { fromFileUrl } from "@std/path";
import { option } from "./peer.ts";

/** Whether this is the child. */
export const isChild: boolean = option("role") === "child";

/** What the child's stdio is like: it reports on stderr. */
const stdio = { stdin: "piped", stdout: "piped", stderr: "piped" } as const;

/** Starts the child; each side has a processor of its own if that is asked. */
export async function startChild(): Promise<Deno.ChildProcess> {
  const [cpu, own] = option("cpus").split(",");
  const run = ["run", "--quiet", "--allow-ffi", fromFileUrl(Deno.mainModule)];
  const args = [...run, ...Deno.args, "role=child"];
  if (!cpu || !own) {
    return new Deno.Command(Deno.execPath(), { args, ...stdio }).spawn();
  }
  const pin = ["-acp", own, String(Deno.pid)];
  await new Deno.Command("taskset", { args: pin }).output();
  return new Deno.Command("taskset", {
    args: ["-c", cpu, Deno.execPath(), ...args],
    ...stdio,
  }).spawn();
}

/** Prints what the child reports, and waits for its end. */
export async function endChild(child: Deno.ChildProcess): Promise<void> {
  const text = await new Response(child.stderr).text();
  const { success } = await child.status;
  if (!success) throw new Error(text);
  console.log(text.trim());
}
