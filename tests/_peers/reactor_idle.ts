/**
 * Waits with the reactor, again and again, and prints, as JSON, how many
 * descriptors it holds before, while and after each time. Then nothing is
 * left to wait for, and the process ends.
 *
 * Argument: `io_uring`, `epoll` or `poll`.
 */

import { fromFileUrl } from "@std/path";
import { O_RDONLY, open } from "../../libc/fcntl.ts";
import { capabilities } from "../../libc/platform.ts";
import { whenReady } from "../../libc/reactor.ts";
import { pipe, tryRead, tryWrite } from "../../libc/unistd.ts";
import { sleep } from "../_util/wait.ts";

capabilities.epoll = Deno.args[0] !== "poll";
capabilities.ioUring = Deno.args[0] === "io_uring";
const { reader, writer } = pipe();
const byte = new Uint8Array(1);

/** Long enough for a thread to return; emulated ones take their time. */
const PAUSE = Deno.build.arch === "aarch64" ? 500 : 20;

/** Long enough for what is kept for a while to be let go. */
const LONG_PAUSE = 1500;

// What the runtime opens once, it has opened from here on.
whenReady(reader, "read", () => {})();
await sleep(LONG_PAUSE);

function descriptors(): number {
  return [...Deno.readDirSync("/proc/self/fd")].length;
}

const before = descriptors();
const counts = [0];
for (const way of ["told", "taken back", "taken back at once"]) {
  const { promise, resolve } = Promise.withResolvers<void>();
  const takeBack = whenReady(reader, "read", resolve);
  counts.push(descriptors() - before);
  if (way !== "taken back at once") await sleep(PAUSE);
  if (way === "told") {
    tryWrite(writer, byte);
    await promise;
    tryRead(reader, byte);
  } else takeBack();
  await sleep(PAUSE);
  counts.push(descriptors() - before);
}
if (capabilities.epoll) {
  // What epoll cannot watch is refused, and nothing is held for it.
  const file = open(fromFileUrl(import.meta.url), O_RDONLY, "this file");
  const held = descriptors();
  try {
    whenReady(file, "read", () => {});
    counts.push(-1);
  } catch {
    if (descriptors() !== held) counts.push(descriptors() - held);
  }
}
await sleep(LONG_PAUSE);
// The file stays open.
counts.push(descriptors() - before - (capabilities.epoll ? 1 : 0));
console.log(JSON.stringify(counts));
