/** The queues of a measurement: one side creates them. */

import { openMessageQueue } from "@ipc/mqueue";
import type { MessageQueue, WaitStrategy } from "@ipc/mqueue";
import { numberOption, option } from "./peer.ts";

/** The size of a message in bytes. */
export const size: number = numberOption("size", 64);
/** Whether this is the side that creates the queues, and removes them. */
export const isFirst: boolean = ["server", "receiver"].includes(option("role"));

/** Opens a queue of ten messages, as C does. */
export function messageQueue(suffix: string): MessageQueue {
  return openMessageQueue(`/${option("name")}_${suffix}`, {
    createNew: isFirst,
    maxMessages: 10,
    messageSize: size,
    wait: option("wait", "adaptive") as WaitStrategy,
  });
}
