/** Queues for tests: small ones, since all queues of a user share a limit. */

import { openMessageQueue, unlinkMessageQueue } from "@ipc/mqueue";
import type { MessageQueue, OpenMessageQueueOptions } from "@ipc/mqueue";
import type { TestScope } from "../_util/test.ts";
import { reasonOf } from "../_util/wait.ts";

/** A free name of a queue, which is removed later. */
export function queueName(t: TestScope): string {
  const name = t.name();
  t.defer(() => {
    try {
      unlinkMessageQueue(name);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  });
  return name;
}

/** A new queue of four messages of 64 bytes, closed and removed later. */
export function newQueue(
  t: TestScope,
  options: OpenMessageQueueOptions = {},
): MessageQueue {
  const queue = openMessageQueue(queueName(t), {
    createNew: true,
    maxMessages: 4,
    messageSize: 64,
    ...options,
  });
  t.defer(() => queue.close());
  return queue;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The bytes of a text. */
export function bytes(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text) as Uint8Array<ArrayBuffer>;
}

/** The text of bytes, or of a message. */
export function text(
  of: Uint8Array | { message: Uint8Array } | undefined,
): string {
  if (of === undefined) return "nothing";
  return decoder.decode(of instanceof Uint8Array ? of : of.message);
}

/** Fills a queue, and returns how many messages that took. */
export function fill(queue: MessageQueue): number {
  let count = 0;
  while (queue.trySend(Uint8Array.of(count))) count++;
  return count;
}

/** Takes all messages. */
export function drain(queue: MessageQueue): string[] {
  const texts: string[] = [];
  for (;;) {
    const received = queue.tryReceive();
    if (received === undefined) return texts;
    texts.push(text(received));
  }
}

/** The reason why nobody can be told: qemu-user lacks the call. */
export async function withoutNotify(): Promise<string | false> {
  try {
    using queue = openMessageQueue(null, { maxMessages: 1, messageSize: 1 });
    queue.unlink();
    const error = await reasonOf(queue.notification({ timeout: 0 }));
    return error instanceof Deno.errors.NotSupported && "needs mq_notify";
  } catch {
    return false; // the tests will say why
  }
}
