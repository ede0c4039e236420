import { mqUnlink } from "@ipc/libc/queues";
import { checkSupported } from "./_queue.ts";

/**
 * Removes the name of a POSIX message queue.
 *
 * `mq_unlink(3)`.
 *
 * The queue and its messages stay until the last process that has it open
 * closes it; the name is free for a new queue at once.
 *
 * Requires `--allow-ffi`.
 *
 * @param name The name, such as `"/jobs"`.
 * @throws {Deno.errors.NotFound} If there is no such queue.
 * @throws {Deno.errors.PermissionDenied} If its owner is somebody else.
 * @throws {TypeError} If the name is none.
 * @throws {RangeError} If the name is too long.
 * @throws {Deno.errors.NotSupported} On macOS.
 * @see {@link https://pubs.opengroup.org/onlinepubs/9799919799/functions/mq_unlink.html | POSIX}
 *
 * @example Usage
 * ```ts
 * import { openMessageQueue, unlinkMessageQueue } from "@ipc/mqueue";
 *
 * const name = `/example-${crypto.randomUUID().slice(0, 8)}`;
 * openMessageQueue(name, { createNew: true }).close();
 * unlinkMessageQueue(name);
 * ```
 */
export function unlinkMessageQueue(name: string): void {
  checkSupported("unlink", name);
  mqUnlink(name);
}
