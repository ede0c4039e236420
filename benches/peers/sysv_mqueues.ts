/** The System V queues of a measurement: one side creates them. */

import { openSysvMessageQueue } from "@ipc/mqueue";
import type { SysvMessageQueue, WaitStrategy } from "@ipc/mqueue";
import { numberOption, option } from "./peer.ts";

/** The size of a message in bytes. */
export const size: number = numberOption("size", 64);
/** Whether this is the side that creates the queues, and removes them. */
export const isFirst: boolean = ["server", "receiver"].includes(option("role"));

/** A key that nobody else has: FNV-1a of the name. */
function keyOf(suffix: string): number {
  let hash = 2_166_136_261;
  for (const byte of new TextEncoder().encode(`${option("name")}_${suffix}`)) {
    hash = Math.imul(hash ^ byte, 16_777_619);
  }
  return hash >>> 1 | 1;
}

/** Opens a queue, as C does. */
export function messageQueue(suffix: string): SysvMessageQueue {
  return openSysvMessageQueue(keyOf(suffix), {
    createNew: isFirst,
    wait: option("wait", "adaptive") as WaitStrategy,
  });
}
