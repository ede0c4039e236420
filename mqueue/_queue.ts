/** What the class and the functions that open it share. */

import { capabilities } from "@ipc/libc";

/**
 * Names a queue in messages.
 *
 * @param name The name, or `null` without one.
 * @returns The words.
 */
export function describe(name: string | null): string {
  return name === null
    ? "message queue"
    : `message queue ${JSON.stringify(name)}`;
}

/**
 * Checks that the system has POSIX message queues.
 *
 * @param verb What was to be done.
 * @param name To which queue.
 * @throws {Deno.errors.NotSupported} On macOS.
 */
export function checkSupported(verb: string, name: string | null): void {
  if (capabilities.messageQueues) return;
  throw new Deno.errors.NotSupported(
    `Cannot ${verb} ${describe(name)}: macOS has no POSIX message queues; ` +
      "use SysvMessageQueue, which openSysvMessageQueue opens",
  );
}

/**
 * Yields one thing after another until a queue is closed.
 *
 * @param queue The queue.
 * @param next Waits for the next one; it rejects when the queue is closed.
 */
export async function* untilClosed<T>(
  queue: { readonly fd: number },
  next: () => Promise<T>,
): AsyncGenerator<T, void, void> {
  while (queue.fd !== -1) {
    let value: T;
    try {
      value = await next();
    } catch (error) {
      if (queue.fd === -1) return;
      throw error;
    }
    yield value;
  }
}
