/**
 * Makes one attempt after another with message queues and prints, as JSON,
 * the outcome of each: the name, code and message of the error, or `"done"`.
 *
 * The first argument is the user to become, if this is root; `-` stays. The
 * rest are attempts: an operation, a colon, a name or options as JSON.
 */

import { isOsError, openMessageQueue, unlinkMessageQueue } from "@ipc/mqueue";
import type { MessageQueue, OpenMessageQueueOptions } from "@ipc/mqueue";

const operations: Record<string, (argument: string) => void> = {
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
};

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

/** `setgid(2)` and `setuid(2)`: glibc changes all threads. */
function become(user: number): void {
  // deno-lint-ignore ipc/unsafe -- not a call that the library has
  const { symbols } = Deno.dlopen("libc.so.6", {
    getuid: { parameters: [], result: "u32" },
    setgroups: { parameters: ["usize", "pointer"], result: "i32" },
    setgid: { parameters: ["u32"], result: "i32" },
    setuid: { parameters: ["u32"], result: "i32" },
  });
  if (symbols.getuid() !== 0) return;
  symbols.setgroups(0n, null);
  symbols.setgid(user);
  symbols.setuid(user);
  if (symbols.getuid() !== user) throw new Error("It is still root");
}

function attempt(text: string): unknown {
  const [, operation, argument] = text.match(/^(\w+):(.*)$/)!;
  try {
    operations[operation!]!(argument!);
    return "done";
  } catch (error) {
    const { name, message } = error as Error;
    return { name, code: isOsError(error) ? error.code : "", message };
  }
}

const [user, ...texts] = Deno.args as [string, ...string[]];
if (user !== "-") become(Number(user));
console.log(JSON.stringify(texts.map(attempt)));
