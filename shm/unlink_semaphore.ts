import { semUnlink } from "@ipc/libc";

/**
 * Removes the name of a POSIX semaphore.
 *
 * `sem_unlink(3)`.
 *
 * The semaphore stays until the last process that has it open closes it.
 *
 * Requires `--allow-ffi`.
 *
 * @param name The name, such as `"/lock"`.
 * @throws {Deno.errors.NotFound} If there is no such semaphore.
 * @throws {Deno.errors.PermissionDenied} If its owner is somebody else.
 * @throws {TypeError} If the name is none.
 * @throws {RangeError} If the name is too long.
 * @see {@link https://pubs.opengroup.org/onlinepubs/9799919799/functions/sem_unlink.html | POSIX}
 *
 * @example Usage
 * ```ts
 * import { openSemaphore, unlinkSemaphore } from "@ipc/shm";
 *
 * const name = `/example-${crypto.randomUUID().slice(0, 8)}`;
 * openSemaphore(name, { createNew: true }).close();
 * unlinkSemaphore(name);
 * ```
 */
export function unlinkSemaphore(name: string): void {
  semUnlink(name);
}
