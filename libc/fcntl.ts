/**
 * `<fcntl.h>`: flags of open, and of descriptors.
 *
 * Linux from `asm-generic/fcntl.h`; macOS from `bsd/sys/fcntl.h` of xnu.
 *
 * @see {@link https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/fcntl.h.html | POSIX}
 */

import { cString } from "./c_string.ts";
import { Errno } from "./errno.ts";
import { osError } from "./error.ts";
import { errno, library } from "./library.ts";
import { perPlatform, perProcessor } from "./platform.ts";
import { variadicArguments, variadicParameters } from "./variadic.ts";

const { EINTR } = Errno;

/** Open for reading only. */
export const O_RDONLY = 0;
/** Open for writing only. */
export const O_WRONLY = 1;
/** Open for reading and writing. */
export const O_RDWR = 2;
/** The bits that say which of these three. */
export const O_ACCMODE = 3;
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

export const F_GETFD = 1;
export const F_SETFD = 2;
export const F_GETFL = 3;
export const F_SETFL = 4;
export const F_DUPFD_CLOEXEC: number = perPlatform({ linux: 1030, darwin: 67 });

/** Close on exec, from the start. */
export const O_CLOEXEC: number = perPlatform({
  linux: 0o2000000,
  darwin: 0x1000000,
});
/** Do not wait in a read or write, or in the open. */
export const O_NONBLOCK: number = perPlatform({ linux: 0o4000, darwin: 4 });
/** Fail if the last part of the path is a symbolic link. */
export const O_NOFOLLOW: number = perPlatform({
  linux: perProcessor({ x86_64: 0o400000, aarch64: 0o100000 }),
  darwin: 0x100,
});
/** Sets the capacity of a pipe; Linux only. */
export const F_SETPIPE_SZ = 1031;
/** Reads the capacity of a pipe; Linux only. */
export const F_GETPIPE_SZ = 1032;

const libfcntl = library({
  fcntl: { parameters: variadicParameters(["i32", "i32"], 1), result: "i32" }, // int fcntl(int, int, ...)
});

const libopen = library({
  open: { parameters: variadicParameters(["buffer", "i32"], 1), result: "i32" }, // int open(const char *, int, ...)
});

/**
 * Opens a file; the descriptor is close-on-exec.
 *
 * @param path Where it is.
 * @param flags How.
 * @param what What to call it in messages.
 * @param hint What to add for an error number.
 * @param mode The permission bits of a file that it creates.
 * @returns The descriptor.
 * @see {@link https://man7.org/linux/man-pages/man2/open.2.html | open(2)}
 */
export function open(
  path: string,
  flags: number,
  what: string,
  hint?: (number: number) => string | undefined,
  mode = 0,
): number {
  const name = cString(path, "the path");
  const args = variadicArguments([name, flags | O_CLOEXEC], [mode]) as (
    | number
    | bigint
  )[];
  for (;;) {
    const fd = libopen.open()(...args);
    if (fd !== -1) return fd;
    const number = errno[0];
    if (number !== EINTR) {
      throw osError(number, "open", `open ${what}`, hint?.(number));
    }
  }
}

/**
 * Calls `fcntl`.
 *
 * @param fd The descriptor.
 * @param command What to do.
 * @param value With what: a number, or an address.
 * @returns What it returns; if it fails, the negative of `errno`.
 */
export function fcntl(fd: number, command: number, value: number): number {
  const result = libfcntl.fcntl()(
    ...variadicArguments([fd, command], [value]) as (number | bigint)[],
  );
  return result === -1 ? -errno[0] : result;
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
    const number = libfallocate.posix_fallocate()(fd, 0n, BigInt(size));
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
  if (flags < 0) {
    throw osError(-flags, "fcntl", `read the flags of descriptor ${fd}`);
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
  const result = fcntl(fd, F_SETFD, on ? FD_CLOEXEC : 0);
  if (result < 0) {
    throw osError(-result, "fcntl", `set the flags of descriptor ${fd}`);
  }
}

/**
 * Duplicates a descriptor; the new one is closed in a program that `exec`
 * starts.
 *
 * @param fd The descriptor.
 * @param action What it is for, for messages.
 * @returns The new descriptor.
 */
export function duplicate(
  fd: number,
  action = `duplicate descriptor ${fd}`,
): number {
  const copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
  if (copy < 0) throw osError(-copy, "fcntl", action);
  return copy;
}

/**
 * Sets whether reads and writes wait. It is a property of what was opened,
 * shared by every descriptor that was duplicated or inherited from it.
 *
 * @param fd The descriptor.
 * @param on Whether they return at once instead.
 */
export function setNonblocking(fd: number, on: boolean): void {
  const flags = fcntl(fd, F_GETFL, 0);
  if (flags < 0) {
    throw osError(-flags, "fcntl", `read the flags of descriptor ${fd}`);
  }
  const wanted = on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
  if (wanted === flags) return;
  const result = fcntl(fd, F_SETFL, wanted);
  if (result < 0) {
    throw osError(-result, "fcntl", `set the flags of descriptor ${fd}`);
  }
}

/**
 * The access mode with which a descriptor was opened.
 *
 * @param fd The descriptor.
 * @returns `O_RDONLY`, `O_WRONLY` or `O_RDWR`.
 */
export function accessMode(fd: number): number {
  const flags = fcntl(fd, F_GETFL, 0);
  if (flags < 0) {
    throw osError(-flags, "fcntl", `read the flags of descriptor ${fd}`);
  }
  return flags & O_ACCMODE;
}

/**
 * Reads how many bytes a pipe holds before a writer has to wait; Linux only.
 *
 * @param fd A descriptor of either end.
 * @returns The capacity in bytes.
 */
export function pipeCapacity(fd: number): number {
  const capacity = fcntl(fd, F_GETPIPE_SZ, 0);
  if (capacity < 0) {
    throw osError(-capacity, "fcntl", "read the capacity of the pipe");
  }
  return capacity;
}

/**
 * Sets how many bytes a pipe holds; Linux only.
 *
 * @param fd A descriptor of either end.
 * @param size The least capacity in bytes; the system rounds it up.
 * @param hint What is known of the limit, for the message.
 * @returns The capacity it has now.
 */
export function setPipeCapacity(
  fd: number,
  size: number,
  hint?: (number: number) => string | undefined,
): number {
  const capacity = fcntl(fd, F_SETPIPE_SZ, size);
  if (capacity < 0) {
    const number = -capacity;
    throw osError(
      number,
      "fcntl",
      `set the capacity of the pipe to ${size} bytes`,
      hint?.(number),
    );
  }
  return capacity;
}
