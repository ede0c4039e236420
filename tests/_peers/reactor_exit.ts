/**
 * Takes its only wait back, and ends. When it does, it prints how many
 * descriptors it has more than before: those that a reactor keeps for a while,
 * if it ended at once.
 */

import process from "node:process";
import { whenReady } from "../../libc/reactor.ts";
import { pipe, tryRead, tryWrite } from "../../libc/unistd.ts";

const { reader, writer } = pipe();
const byte = new Uint8Array(1);

function descriptors(): number {
  return [...Deno.readDirSync("/proc/self/fd")].length;
}

const before = descriptors();
// What the runtime opens once for its event loop is no part of it.
await new Promise<void>((resolve) => {
  whenReady(reader, "read", resolve);
  tryWrite(writer, byte);
});
tryRead(reader, byte);
whenReady(reader, "read", () => {})();
process.on("exit", () => console.log(descriptors() - before));
