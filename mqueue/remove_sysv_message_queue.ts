import { checkId, msgRemove, sysvFailure } from "@ipc/libc/queues";
import { describeQueue } from "./_sysv_queue.ts";

/**
 * Removes a System V message queue and all its messages, at once and for
 * everybody: who waits for it anywhere gets an error.
 *
 * `msgctl(2)` with `IPC_RMID`.
 *
 * Requires `--allow-ffi`.
 *
 * @param id The id of the queue, as `ipcs -q` lists it; not its key.
 * @throws {Deno.errors.NotFound} With code `EIDRM` if there is none.
 * @throws {Deno.errors.PermissionDenied} If this user is not its owner,
 * creator or root.
 * @throws {RangeError} If the id is not a whole number from 0.
 * @see {@link https://pubs.opengroup.org/onlinepubs/9799919799/functions/msgctl.html | POSIX}
 *
 * @example Usage
 * ```ts
 * import { openSysvMessageQueue, removeSysvMessageQueue } from "@ipc/mqueue";
 *
 * using queue = openSysvMessageQueue(null);
 * removeSysvMessageQueue(queue.id);
 * ```
 */
export function removeSysvMessageQueue(id: number): void {
  checkId(id);
  const number = msgRemove(id);
  if (number !== 0) {
    const action = `remove ${describeQueue(id, undefined)}`;
    throw sysvFailure(number, "msgctl", action, "to write");
  }
}
