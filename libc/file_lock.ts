/**
 * `<sys/file.h>`: locks on files, which end with the descriptor.
 *
 * Linux from `asm-generic/fcntl.h`; macOS from `bsd/sys/fcntl.h` of xnu, which
 * has the same numbers.
 *
 * @see {@link https://man7.org/linux/man-pages/man2/flock.2.html | flock(2)}
 */

import { Errno } from "./errno.ts";
import { osError } from "./error.ts";
import { errno, library } from "./library.ts";

const { EAGAIN, EINTR } = Errno;

const libfile = library({
  flock: { parameters: ["i32", "i32"], result: "i32" }, // int flock(int, int)
});

/** For one at a time. */
export const LOCK_EX = 2;
/** Do not wait. */
export const LOCK_NB = 4;

/**
 * Locks a file for one descriptor at a time, if nobody else has.
 *
 * @param fd The descriptor.
 * @returns Whether it is locked.
 */
export function tryLock(fd: number): boolean {
  while (libfile.flock()(fd, LOCK_EX | LOCK_NB) === -1) {
    const number = errno[0];
    if (number === EAGAIN) return false;
    if (number !== EINTR) {
      throw osError(number, "flock", `lock descriptor ${fd}`);
    }
  }
  return true;
}
