/** System V queues for tests, none of which is left behind. */

import { openSysvMessageQueue } from "@ipc/mqueue";
import type {
  OpenSysvMessageQueueOptions,
  SysvMessageQueue,
} from "@ipc/mqueue";
import { removeIfPresent } from "../_util/sysv.ts";
import type { TestScope } from "../_util/test.ts";

/** A new queue under a random key, closed and removed later. */
export function newSysvQueue(
  t: TestScope,
  options: OpenSysvMessageQueueOptions = {},
): SysvMessageQueue {
  const queue = openSysvMessageQueue(null, options);
  t.defer(() => {
    queue.close();
    removeIfPresent(queue);
  });
  return queue;
}

/** Fills a queue, and returns how many messages that took. */
export function fill(queue: SysvMessageQueue, size = 1024): number {
  let count = 0;
  while (queue.trySend(new Uint8Array(size))) count++;
  return count;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The bytes of a text. */
export function bytes(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text) as Uint8Array<ArrayBuffer>;
}

/** The type and the text of a message, such as `"1 hello"`. */
export function show(
  received: { message: Uint8Array; type: number } | undefined,
): string {
  if (received === undefined) return "nothing";
  return `${received.type} ${decoder.decode(received.message)}`;
}

/** Takes all messages. */
export function drain(queue: SysvMessageQueue): string[] {
  const texts: string[] = [];
  for (;;) {
    const received = queue.tryReceive();
    if (received === undefined) return texts;
    texts.push(show(received));
  }
}
