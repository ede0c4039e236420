/** Keys of System V objects. */

import { option } from "./peer.ts";

/**
 * A key that nobody else has: FNV-1a of the name.
 *
 * @param suffix Which object it is for.
 * @returns The key.
 */
export function keyOf(suffix: string): number {
  let hash = 2_166_136_261;
  for (const byte of new TextEncoder().encode(`${option("name")}_${suffix}`)) {
    hash = Math.imul(hash ^ byte, 16_777_619);
  }
  return hash >>> 1 | 1;
}
