/** Whether the processor that Deno runs on is an emulated one. */

import { hasProgram } from "./child.ts";

/**
 * The reason to ignore a test of what an emulator does otherwise than a
 * processor, or false. It takes the permission to run programs to find out.
 */
export function emulated(): string | false {
  if (Deno.build.arch !== "aarch64" || !hasProgram("uname")) return false;
  // The programs of the machine are those of its own processor.
  const { stdout } = new Deno.Command("uname", { args: ["-m"] }).outputSync();
  return new TextDecoder().decode(stdout).trim() !== "aarch64" &&
    "needs a processor that is not emulated";
}
