import { shmUnlink } from "@ipc/libc";

/**
 * Removes the name of a POSIX shared memory object.
 *
 * `shm_unlink(3)`.
 *
 * The memory stays until the last process that maps it closes it.
 *
 * Requires `--allow-ffi`.
 *
 * @param name The name, such as `"/frames"`.
 * @throws {Deno.errors.NotFound} If there is no such object.
 * @throws {Deno.errors.PermissionDenied} If its owner is somebody else.
 * @throws {TypeError} If the name is none.
 * @throws {RangeError} If the name is too long.
 * @see {@link https://pubs.opengroup.org/onlinepubs/9799919799/functions/shm_unlink.html | POSIX}
 *
 * @example Usage
 * ```ts
 * import { openSharedMemory, unlinkSharedMemory } from "@ipc/shm";
 *
 * const name = `/example-${crypto.randomUUID().slice(0, 8)}`;
 * openSharedMemory(name, { createNew: true, size: 64 }).close();
 * unlinkSharedMemory(name);
 * ```
 */
export function unlinkSharedMemory(name: string): void {
  shmUnlink(name);
}
