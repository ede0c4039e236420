/**
 * Makes one attempt after another and prints, as JSON, the outcome of each:
 * the name and code of the error, or `"done"`.
 *
 * The first argument says how: `nobody` gives up root first, if it has it;
 * `no-descriptors:` and the name of a memory opens that until no descriptor
 * is left. The rest are attempts: an operation, a colon, a name.
 */

import {
  isOsError,
  openSemaphore,
  openSharedMemory,
  unlinkSemaphore,
  unlinkSharedMemory,
} from "@ipc/shm";

const operations: Record<string, (name: string) => void> = {
  open: (name) => openSharedMemory(name).close(),
  read: (name) => openSharedMemory(name, { write: false }).close(),
  create: (name) => {
    openSharedMemory(name, { create: true, size: 4096 }).close();
  },
  random: () => openSharedMemory(null, { size: 4096 }).close(),
  unlink: unlinkSharedMemory,
  openSemaphore: (name) => openSemaphore(name).close(),
  createSemaphore: (name) => openSemaphore(name, { create: true }).close(),
  unlinkSemaphore,
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
  const [operation, name] = text.split(":") as [string, string];
  try {
    operations[operation]!(name);
    return "done";
  } catch (error) {
    return `${(error as Error).name} ${isOsError(error) ? error.code : ""}`;
  }
}

/** Opens a memory until it fails. */
function exhaust(name: string): void {
  for (;;) {
    try {
      openSharedMemory(name);
    } catch {
      return;
    }
  }
}

const [how, ...texts] = Deno.args as [string, ...string[]];
if (how === "nobody") becomeNobody();
else exhaust(how.split(":")[1]!);
console.log(JSON.stringify(texts.map(attempt)));
