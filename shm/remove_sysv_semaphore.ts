import { checkId, semRemove, sysvFailure } from "@ipc/libc/sysv";
import { describeSet } from "./_sysv_set.ts";

/**
 * Removes a set of System V semaphores, at once and for everybody: who waits
 * for them anywhere gets an error.
 *
 * `semctl(2)` with `IPC_RMID`.
 *
 * Requires `--allow-ffi`.
 *
 * @param id The id of the set, as `ipcs -s` lists it; not its key.
 * @throws {Deno.errors.NotFound} With code `EIDRM` if there is none.
 * @throws {Deno.errors.PermissionDenied} If this user is not its owner,
 * creator or root.
 * @throws {RangeError} If the id is not a whole number from 0.
 * @see {@link https://pubs.opengroup.org/onlinepubs/9799919799/functions/semctl.html | POSIX}
 *
 * @example Usage
 * ```ts
 * import { openSysvSemaphore, removeSysvSemaphore } from "@ipc/shm";
 *
 * using semaphore = openSysvSemaphore(null);
 * removeSysvSemaphore(semaphore.id);
 * ```
 */
export function removeSysvSemaphore(id: number): void {
  const number = semRemove(checkId(id));
  if (number === 0) return;
  const action = `remove ${describeSet(id, undefined)}`;
  throw sysvFailure(number, "semctl", action, "to write");
}
