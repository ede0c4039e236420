/** Bytes as a hostile peer may write them. */

import { currentThreadId } from "../../libc/thread.ts";

/** What a word may be that is worth a try. */
export function hostileWord(random: (below: number) => number): number {
  const ids = [
    0,
    1,
    currentThreadId(),
    Deno.ppid,
    0x3f_ffff,
    0x3fff_ffff,
    random(2 ** 22),
    random(2 ** 30),
    random(2 ** 32),
  ];
  return (ids[random(ids.length)]! | random(4) << 30) | 0;
}

/** Whether an error is one that hostile bytes may lead to. */
export function isDefined(error: unknown): boolean {
  if (error instanceof Deno.errors.TimedOut) return true;
  const { code } = error as { code?: string };
  return code === "EDEADLK" || code === "EPERM";
}
