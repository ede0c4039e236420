import { sleepSync } from "@ipc/libc";
import type { RingMemory } from "./_memory.ts";

/** How often to look whether one who is about to be gone is gone. */
export const GRACE = 50;
/** How long to wait between two looks, in milliseconds. */
export const NAP = 0.5;

/**
 * Locks the byte of a role. Who looks whether its owner is alive has it for a
 * moment, so that one try does not tell.
 *
 * @throws {Deno.errors.Busy} If somebody has it.
 */
export function lockRole(
  memory: RingMemory,
  byte: number,
  action: string,
): void {
  for (let tries = 0; tries < GRACE; tries++) {
    if (memory.tryLock(byte)) return;
    sleepSync(NAP / 5);
  }
  throw new Deno.errors.Busy(
    `Cannot ${action}: another consumer reads it, and a ring has one`,
  );
}
