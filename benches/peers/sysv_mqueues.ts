/** The System V queues of a measurement: one side creates them. */

import { openSysvMessageQueue } from "@ipc/mqueue";
import type { SysvMessageQueue, WaitStrategy } from "@ipc/mqueue";
import { numberOption, option } from "./peer.ts";
import { keyOf } from "./sysv_key.ts";

/** The size of a message in bytes. */
export const size: number = numberOption("size", 64);
/** Whether this is the side that creates the queues, and removes them. */
export const isFirst: boolean = ["server", "receiver"].includes(option("role"));

/** Opens a queue, as C does. */
export function messageQueue(suffix: string): SysvMessageQueue {
  return openSysvMessageQueue(keyOf(suffix), {
    createNew: isFirst,
    wait: option("wait", "adaptive") as WaitStrategy,
  });
}
