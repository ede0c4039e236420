/** Why a message cannot be received. */

import type { RingMemory } from "./_memory.ts";

/** It has no room in the buffer. */
export function isTooShort(
  room: number,
  length: number,
  memory: RingMemory,
): Error {
  return new RangeError(
    `Cannot receive from ${memory.what}: the message has ${length} ` +
      `bytes, and the buffer has ${room}`,
  );
}
