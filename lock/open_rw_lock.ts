import { openNamed } from "./_open_named.ts";
import type { RwLock } from "./rw_lock.ts";
import { namedRwLock, RW_LOCK_SIZE } from "./rw_lock.ts";
import type { OpenLockOptions } from "./options.ts";

/**
 * Opens a reader-writer lock that has a name: a shared memory object with a
 * {@linkcode RwLock} in it, and nothing else.
 *
 * `shm_open(3)`, `posix_fallocate(3)`, `mmap(2)`.
 *
 * The name is one path component after a slash: at most 256 bytes on Linux
 * and 31 on macOS, slash included. It is a name of shared memory, so it must
 * not be that of another shared memory object. A failed open leaves an
 * existing lock as it was, and leaves no new one.
 *
 * Requires `--allow-ffi`.
 *
 * @param name The name, such as `"/prices-lock"`, or `null` to create a lock
 * under a random name.
 * @param options How to open it.
 * @returns The lock. Close it; unlink the name when no one needs it.
 * @throws {TypeError} If the name is none, the options contradict each other,
 * or what has the name is no such lock.
 * @throws {RangeError} If the name is too long.
 * @throws {Deno.errors.NotFound} If it does not exist and is not created.
 * @throws {Deno.errors.AlreadyExists} If it exists and `createNew` is set.
 * @throws {Deno.errors.PermissionDenied} If its mode forbids it.
 * @throws {Deno.errors.NotSupported} If the lock was made in another pid or
 * time namespace.
 * @throws {Error} With code `ENOSPC` if there is no memory.
 * @see {@link https://man7.org/linux/man-pages/man3/shm_open.3.html | shm_open(3)}
 *
 * @example Usage
 * ```ts
 * import { openRwLock } from "@ipc/lock";
 *
 * using rwLock = openRwLock(null);
 * // Other processes: openRwLock(rwLock.name)
 * {
 *   using lock = await rwLock.acquireWrite();
 *   if (lock.ownerDied) lock.markConsistent(); // after a look at the data
 * }
 * rwLock.unlink();
 * ```
 */
export function openRwLock(
  name: string | null,
  options: OpenLockOptions = {},
): RwLock {
  return openNamed(name, options, {
    kind: "reader-writer lock",
    size: RW_LOCK_SIZE,
    make: (named) => namedRwLock(named, options),
  });
}
