/** Why a message cannot be sent. */

import type { RingMemory } from "./_memory.ts";

/** It is none. */
export function notBytes(message: unknown, memory: RingMemory): Error {
  return new TypeError(
    `Cannot send to ${memory.what}: expected a Uint8Array, got ${typeof message}`,
  );
}

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

/** Nothing is reserved. */
export function notReserved(memory: RingMemory): Error {
  return new TypeError(
    `Cannot commit or cancel in ${memory.what}: nothing is reserved`,
  );
}

/** Nobody would receive it. */
export function isDeserted(memory: RingMemory): Error {
  return new Deno.errors.BrokenPipe(
    `Cannot send to ${memory.what}: its consumer is gone; what was sent ` +
      "waits in the ring for the next one",
  );
}
