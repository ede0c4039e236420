/**
 * Memory for files and shared memory objects, set aside before it is used: a
 * view of memory that the system does not have would kill the process.
 */

import { Errno } from "./errno.ts";
import { osError } from "./error.ts";
import { posixFallocate } from "./fcntl.ts";
import { capabilities } from "./platform.ts";
import { fileSystemSpace } from "./statvfs.ts";
import { ftruncate } from "./unistd.ts";

/**
 * Makes a file as long as that, if it is shorter, and reserves the memory for
 * it; macOS reserves none.
 *
 * @param fd The descriptor.
 * @param size How many bytes.
 * @param action What could not be done, for messages.
 * @throws {Error} With code `ENOSPC` if there is no room: how much there is,
 * and what to do.
 */
export function reserve(fd: number, size: number, action: string): void {
  if (!capabilities.fallocate) return ftruncate(fd, size);
  const number = posixFallocate(fd, size);
  if (number === 0) return;
  throw osError(number, "posix_fallocate", action, spaceHint(number, fd));
}

/**
 * Says how much room there is, if that is why something failed.
 *
 * @param number The error number.
 * @param fd A descriptor of the file system.
 * @returns The words, or `undefined`.
 */
export function spaceHint(number: number, fd: number): string | undefined {
  const space = number === Errno.ENOSPC ? fileSystemSpace(fd) : undefined;
  return space && `${space.available} of the ${space.total} bytes of its ` +
      "file system are free; free some, or mount /dev/shm larger";
}
