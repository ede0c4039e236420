import { checkId, shmRemove, sysvFailure } from "@ipc/libc/sysv";
import { describeSegment } from "./_sysv_segment.ts";

/**
 * Removes System V shared memory: its key is free at once, and the memory goes
 * when the last process detaches it.
 *
 * `shmctl(2)` with `IPC_RMID`.
 *
 * Requires `--allow-ffi`.
 *
 * @param id The id of the memory, as `ipcs -m` lists it; not its key.
 * @throws {Deno.errors.NotFound} With code `EIDRM` if there is none.
 * @throws {Deno.errors.PermissionDenied} If this user is not its owner,
 * creator or root.
 * @throws {RangeError} If the id is not a whole number from 0.
 * @see {@link https://pubs.opengroup.org/onlinepubs/9799919799/functions/shmctl.html | POSIX}
 *
 * @example Usage
 * ```ts
 * import { openSysvSharedMemory, removeSysvSharedMemory } from "@ipc/shm";
 *
 * using memory = openSysvSharedMemory(null, { size: 100 });
 * removeSysvSharedMemory(memory.id);
 * ```
 */
export function removeSysvSharedMemory(id: number): void {
  const number = shmRemove(checkId(id));
  if (number === 0) return;
  const action = `remove ${describeSegment(id, undefined)}`;
  throw sysvFailure(number, "shmctl", action, "to write");
}
