/** Why a message cannot be sent. */

import type { RingMemory } from "./_memory.ts";

/** It is longer than any message may be. */
export function tooLong(length: number, memory: RingMemory): Error {
  return new RangeError(
    `Cannot send ${length} bytes to ${memory.what}: ` +
      `its longest message has ${memory.longest} bytes`,
  );
}

/** There is no room, and nobody wants to wait for it. */
export function isFull(length: number, memory: RingMemory): Error {
  return new Deno.errors.WouldBlock(
    `Cannot send ${length} bytes to ${memory.what}: it is full; ` +
      `it holds ${memory.shape.capacity} bytes`,
  );
}

/** Something else is reserved. */
export function isReserved(length: number, memory: RingMemory): Error {
  return new Deno.errors.Busy(
    `Cannot send to ${memory.what}: ${length} bytes are reserved; ` +
      "commit or cancel them first",
  );
}

/** Nobody would receive it. */
export function isDeserted(memory: RingMemory): Error {
  return new Deno.errors.BrokenPipe(
    `Cannot send to ${memory.what}: its consumer is gone; what was sent ` +
      "waits in the ring for the next one",
  );
}
