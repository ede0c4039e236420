/** The C compiler of this machine. */

import { hasProgram } from "./child.ts";

/** The reason why no compiler here speaks for this processor, or false. */
export function withoutNativeCompiler(): string | false {
  if (!hasProgram("cc")) return "needs cc";
  const { stdout } = new Deno.Command("cc", { args: ["-dumpmachine"] })
    .outputSync();
  const machine = new TextDecoder().decode(stdout).replace(/^arm64/, "aarch64");
  return !machine.startsWith(Deno.build.arch) && "needs cc for this processor";
}
