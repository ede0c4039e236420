/**
 * `<fcntl.h>`: flags of open, and of descriptors.
 *
 * Linux from `asm-generic/fcntl.h`; macOS from `bsd/sys/fcntl.h` of xnu.
 *
 * @see {@link https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/fcntl.h.html | POSIX}
 */

import { Errno } from "./errno.ts";
import { osError } from "./error.ts";
import { errno, library } from "./library.ts";
import { perPlatform } from "./platform.ts";
import { variadicArguments, variadicParameters } from "./variadic.ts";

const { EINTR } = Errno;

/** Open for reading only. */
export const O_RDONLY = 0;
/** Open for reading and writing. */
export const O_RDWR = 2;
/** Create it if it does not exist. */
export const O_CREAT: number = perPlatform({ linux: 0o100, darwin: 0x200 });
/** Fail if it exists; with `O_CREAT`. */
export const O_EXCL: number = perPlatform({ linux: 0o200, darwin: 0x800 });
/**
 * Do not wait in the open, or later in a read or write. For shared memory it
 * means nothing, save that a FIFO in its place cannot hold up the open; and
 * macOS's `shm_open` refuses it.
 */
export const O_NONBLOCK_SHM: number = perPlatform({ linux: 0o4000, darwin: 0 });

/** The flag that closes a descriptor in a program that `exec` starts. */
export const FD_CLOEXEC = 1;

const F_GETFD = 1;
const F_SETFD = 2;
const F_DUPFD_CLOEXEC: number = perPlatform({ linux: 1030, darwin: 67 });

const libfcntl = library({
  fcntl: { parameters: variadicParameters(["i32", "i32"], 1), result: "i32" }, // int fcntl(int, int, ...)
});

function fcntl(fd: number, command: number, value: number): number {
  return libfcntl().fcntl(
    ...variadicArguments([fd, command], [value]) as (number | bigint)[],
  );
}

const libfallocate = library({
  posix_fallocate: { parameters: ["i32", "i64", "i64"], result: "i32" }, // int posix_fallocate(int, off_t, off_t)
});

/**
 * Reserves memory for the first bytes of a file or of shared memory, and
 * grows it to that size if it is smaller. The size changes at the end and at
 * once: whoever looks sees the old one or the new one.
 *
 * @param fd The descriptor.
 * @param size How many bytes.
 * @returns The error number, or 0: this call does not set `errno`.
 * @see {@link https://man7.org/linux/man-pages/man3/posix_fallocate.3.html | posix_fallocate(3)}
 */
export function posixFallocate(fd: number, size: number): number {
  for (;;) {
    const number = libfallocate().posix_fallocate(fd, 0n, BigInt(size));
    if (number !== EINTR) return number;
  }
}

/**
 * Whether a descriptor is closed in a program that `exec` starts.
 *
 * @param fd The descriptor.
 * @returns Whether `FD_CLOEXEC` is on.
 */
export function isCloseOnExec(fd: number): boolean {
  const flags = fcntl(fd, F_GETFD, 0);
  if (flags === -1) {
    throw osError(errno(), "fcntl", `read the flags of descriptor ${fd}`);
  }
  return (flags & FD_CLOEXEC) !== 0;
}

/**
 * Sets whether a descriptor is closed in a program that `exec` starts.
 *
 * @param fd The descriptor.
 * @param on Whether it is.
 */
export function setCloseOnExec(fd: number, on: boolean): void {
  if (fcntl(fd, F_SETFD, on ? FD_CLOEXEC : 0) === -1) {
    throw osError(errno(), "fcntl", `set the flags of descriptor ${fd}`);
  }
}

/**
 * Duplicates a descriptor; the new one is closed in a program that `exec`
 * starts.
 *
 * @param fd The descriptor.
 * @returns The new descriptor.
 */
export function duplicate(fd: number): number {
  const copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
  if (copy === -1) {
    throw osError(errno(), "fcntl", `duplicate descriptor ${fd}`);
  }
  return copy;
}
