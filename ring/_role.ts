/** Who has which role in a ring, and who had one and has died. */

import { sleepSync } from "@ipc/libc";
import type { Bell } from "./_bell.ts";
import { damaged } from "./_layout.ts";
import type { RingMemory } from "./_memory.ts";

/** How often to look whether one who is about to be gone is gone. */
const GRACE = 50;
/** How long to wait between two looks, in milliseconds. */
const NAP = 0.5;

/**
 * Locks the first byte of some that nobody has. Who looks whether the owner of
 * one is alive has it for a moment, so that one try does not tell.
 *
 * @param memory The ring.
 * @param first The first of the bytes.
 * @param count How many there are.
 * @returns Which it is, from 0; `undefined` if others have all of them.
 */
export function lockRole(
  memory: RingMemory,
  first: number,
  count: number,
): number | undefined {
  for (let tries = 0; tries < GRACE; tries++) {
    for (let i = 0; i < count; i++) {
      if (memory.tryLock(first + i)) return i;
    }
    sleepSync(NAP / 5);
  }
  return undefined;
}

/**
 * At the end of a bell: finds out whether the one who rang it has died, and
 * keeps the bell from its end while nobody is there.
 *
 * @param bell The bell.
 * @param isGone Whether nobody is there; it buries who has died.
 * @param what What the ring is called in messages.
 * @param who What the other side is called.
 * @returns Whether the ring was unlinked, so that nobody can come any more.
 */
export function lookWhoIsGone(
  bell: Bell,
  isGone: () => boolean,
  what: string,
  who: string,
): boolean {
  let isUnlinked = false;
  for (let tries = 0; tries < GRACE; tries++) {
    if (!bell.keep()) isUnlinked = true;
    if (isGone()) return isUnlinked;
    // Another has come meanwhile, or this one is about to be gone.
    bell.letGo();
    if (!bell.listen()) return isUnlinked;
    sleepSync(NAP);
  }
  throw damaged(what, `a ${who} is there that has no bell`);
}
