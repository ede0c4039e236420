import { openNamed } from "./_open_named.ts";
import type { Mutex } from "./mutex.ts";
import { MUTEX_SIZE, namedMutex } from "./mutex.ts";
import type { OpenLockOptions } from "./options.ts";

/**
 * Opens a mutex that has a name: a shared memory object with a
 * {@linkcode Mutex} in it, and nothing else.
 *
 * `shm_open(3)`, `posix_fallocate(3)`, `mmap(2)`.
 *
 * The name is one path component after a slash: at most 256 bytes on Linux
 * and 31 on macOS, slash included. It is a name of shared memory, so it must
 * not be that of another shared memory object. A failed open leaves an
 * existing mutex as it was, and leaves no new one.
 *
 * Requires `--allow-ffi`.
 *
 * @param name The name, such as `"/ledger-lock"`, or `null` to create a mutex
 * under a random name.
 * @param options How to open it.
 * @returns The mutex. Close it; unlink the name when no one needs it.
 * @throws {TypeError} If the name is none, the options contradict each other,
 * or what has the name is no mutex.
 * @throws {RangeError} If the name is too long.
 * @throws {Deno.errors.NotFound} If it does not exist and is not created.
 * @throws {Deno.errors.AlreadyExists} If it exists and `createNew` is set.
 * @throws {Deno.errors.PermissionDenied} If its mode forbids it.
 * @throws {Deno.errors.NotSupported} If the mutex was made in another pid or
 * time namespace.
 * @throws {Error} With code `ENOSPC` if there is no memory.
 * @see {@link https://man7.org/linux/man-pages/man3/shm_open.3.html | shm_open(3)}
 *
 * @example Usage
 * ```ts
 * import { openMutex } from "@ipc/lock";
 *
 * using mutex = openMutex(null);
 * // Other processes: openMutex(mutex.name)
 * {
 *   using lock = await mutex.acquire();
 *   if (lock.ownerDied) lock.markConsistent(); // after a look at the data
 * }
 * mutex.unlink();
 * ```
 */
export function openMutex(
  name: string | null,
  options: OpenLockOptions = {},
): Mutex {
  return openNamed(name, options, {
    kind: "mutex",
    size: MUTEX_SIZE,
    make: (named) => namedMutex(named, options),
  });
}
