/**
 * Makes one attempt after another and prints, as JSON, the outcome of each:
 * the name and code of the error, or `"done"`.
 *
 * The first argument is `nobody`, to give up root first, if it has it, or
 * `self`. The rest are attempts: an operation, a colon, a path.
 */

import { mkfifo, openFifoSync } from "@ipc/fifo";
import { isOsError } from "@ipc/pipe";

const timeout = 0;
const operations: Record<string, (path: string) => void> = {
  mkfifo: (path) => mkfifo(path),
  read: (path) => openFifoSync(path, { read: true, timeout }).close(),
  write: (path) => openFifoSync(path, { write: true, timeout }).close(),
  both: (path) => openFifoSync(path, { read: true, write: true }).close(),
  keep: (path) => openFifoSync(path, { read: true, keepOpen: true }).close(),
};

/** `setgid(2)` and `setuid(2)`: glibc changes all threads. */
function becomeNobody(): void {
  // deno-lint-ignore ipc/unsafe -- not a call that the library has
  const { symbols } = Deno.dlopen("libc.so.6", {
    getuid: { parameters: [], result: "u32" },
    setgroups: { parameters: ["usize", "pointer"], result: "i32" },
    setgid: { parameters: ["u32"], result: "i32" },
    setuid: { parameters: ["u32"], result: "i32" },
  });
  if (symbols.getuid() !== 0) return;
  symbols.setgroups(0n, null);
  symbols.setgid(65534);
  symbols.setuid(65534);
  if (symbols.getuid() !== 65534) throw new Error("It is still root");
}

function attempt(text: string): string {
  const [operation, path] = text.split(":") as [string, string];
  try {
    operations[operation]!(path);
    return "done";
  } catch (error) {
    return `${(error as Error).name} ${isOsError(error) ? error.code : ""}`;
  }
}

const [how, ...texts] = Deno.args as [string, ...string[]];
if (how === "nobody") becomeNobody();
console.log(JSON.stringify(texts.map(attempt)));
