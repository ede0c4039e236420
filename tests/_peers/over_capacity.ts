/**
 * Asks, as an ordinary user, for more capacity than such a user may have;
 * prints the errors, the capacity that is left, and how many descriptors too
 * many.
 */

import { pipe } from "@ipc/pipe";

/** `setgid(2)` and `setuid(2)`: glibc changes all threads. */
function becomeNobody(): void {
  // deno-lint-ignore ipc/unsafe -- not a call that the library has
  const { symbols } = Deno.dlopen("libc.so.6", {
    getuid: { parameters: [], result: "u32" },
    setgid: { parameters: ["u32"], result: "i32" },
    setuid: { parameters: ["u32"], result: "i32" },
  });
  if (symbols.getuid() !== 0) return;
  symbols.setgid(65534);
  symbols.setuid(65534);
  if (symbols.getuid() !== 65534) throw new Error("It is still root");
}

function nameOf(run: () => void): string {
  try {
    run();
    return "none";
  } catch (error) {
    return (error as Error).name;
  }
}

/** The descriptors of pipes. */
function countPipes(): number {
  return [...Deno.readDirSync("/proc/self/fd")].filter(({ name }) => {
    try {
      return Deno.readLinkSync(`/proc/self/fd/${name}`).startsWith("pipe:");
    } catch {
      return false;
    }
  }).length;
}

const limit = Number(Deno.readTextFileSync("/proc/sys/fs/pipe-max-size"));
const before = countPipes();
using ends = pipe({ capacity: 65_536 });
becomeNobody();
const set = nameOf(() => ends.writer.capacity = limit + 1);
const made = nameOf(() => pipe({ capacity: limit + 1 }));
console.log(
  set,
  made,
  ends.reader.capacity,
  "leaves",
  countPipes() - before - 2,
);
