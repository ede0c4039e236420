/**
 * Makes one attempt after another with message queues, by their names, or by
 * options as JSON.
 */

import { isOsError, openMessageQueue, unlinkMessageQueue } from "@ipc/mqueue";
import type { MessageQueue, OpenMessageQueueOptions } from "@ipc/mqueue";
import { makeAttempts } from "./_attempts.ts";

/** Creates queues until that fails. */
function many(
  { count, ...options }: OpenMessageQueueOptions & { count: number },
): void {
  const queues: MessageQueue[] = [];
  try {
    while (queues.length < count) queues.push(openMessageQueue(null, options));
  } finally {
    console.error(`${queues.length} queues`);
    for (const queue of queues) {
      queue.close();
      queue.unlink();
    }
  }
}

/** Opens a queue until no descriptor is left, and then creates another. */
function noDescriptors(name: string): void {
  const queues: MessageQueue[] = [];
  try {
    for (;;) queues.push(openMessageQueue(name));
  } catch (error) {
    if (!isOsError(error, "EMFILE")) throw error;
  }
  try {
    openMessageQueue(null, { maxMessages: 1, messageSize: 8 });
  } finally {
    for (const queue of queues) queue.close();
  }
}

makeAttempts({
  open: (name) => openMessageQueue(name).close(),
  read: (name) => openMessageQueue(name, { write: false }).close(),
  write: (name) => openMessageQueue(name, { read: false }).close(),
  create: (name) => openMessageQueue(name, { create: true }).close(),
  unlink: unlinkMessageQueue,
  new: (options) => {
    const queue = openMessageQueue(null, JSON.parse(options));
    queue.close();
    queue.unlink();
  },
  many: (options) => many(JSON.parse(options)),
  descriptors: noDescriptors,
}, (failure) => failure);
