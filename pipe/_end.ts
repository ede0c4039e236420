/** What both ends of a pipe share. */

import {
  accessMode,
  checkInteger,
  FileDescriptor,
  fstat,
  O_RDWR,
  S_IFIFO,
  S_IFMT,
} from "@ipc/libc";

/**
 * Takes over a descriptor that came from elsewhere, if it is the end of a
 * pipe or FIFO that it is said to be.
 *
 * @param fd The descriptor.
 * @param mode `O_RDONLY` or `O_WRONLY`.
 * @param verb What it is for, such as `"read from"`.
 * @returns Its owner from now on.
 */
export function adopt(fd: number, mode: number, verb: string): FileDescriptor {
  checkInteger(fd, "descriptor", 0, 0x7fff_ffff);
  const { mode: kind } = fstat(fd);
  if ((kind & S_IFMT) !== S_IFIFO) {
    throw new TypeError(
      `Cannot ${verb} descriptor ${fd}: it is no pipe (its mode is 0o${
        kind.toString(8)
      })`,
    );
  }
  const access = accessMode(fd);
  if (access !== mode && access !== O_RDWR) {
    throw new TypeError(
      `Cannot ${verb} descriptor ${fd}: it is the other end of its pipe`,
    );
  }
  return new FileDescriptor(fd);
}
