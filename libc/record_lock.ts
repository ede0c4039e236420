/**
 * `<fcntl.h>`: locks of single bytes of a file, which the kernel gives back
 * when their owner dies. They belong to the open file (`F_OFD_SETLK`), not to
 * the process: two opens of one file exclude each other in one process too,
 * and closing one of them leaves the locks of the other.
 *
 * Linux from `asm-generic/fcntl.h`; macOS from `bsd/sys/fcntl.h` of xnu.
 *
 * @see {@link https://man7.org/linux/man-pages/man2/F_OFD_SETLK.2const.html | F_OFD_SETLK(2const)}
 */

import { Errno } from "./errno.ts";
import { osError } from "./error.ts";
import { fcntl } from "./fcntl.ts";
import { perPlatform } from "./platform.ts";

const { EACCES, EAGAIN, EINTR } = Errno;

export const F_OFD_SETLK: number = perPlatform({ linux: 37, darwin: 90 });
export const F_WRLCK: number = perPlatform({ linux: 1, darwin: 3 });
export const F_UNLCK = 2;
export const SEEK_SET = 0;

/** Offsets in `struct flock`, in bytes. */
export const FLOCK = perPlatform(
  {
    linux: {
      size: 32,
      l_type: 0, // short
      l_whence: 2, // short
      l_start: 8, // off_t
      l_len: 16, // off_t
      l_pid: 24, // pid_t
    },
    darwin: {
      size: 24,
      l_type: 20, // short
      l_whence: 22, // short
      l_start: 0, // off_t
      l_len: 8, // off_t
      l_pid: 16, // pid_t
    },
  } as const,
);

const lock = new DataView(new ArrayBuffer(FLOCK.size));
let address: number | undefined;

function setLock(fd: number, type: number, byte: number): boolean {
  lock.setInt16(FLOCK.l_type, type, true);
  lock.setInt16(FLOCK.l_whence, SEEK_SET, true);
  lock.setBigInt64(FLOCK.l_start, BigInt(byte), true);
  lock.setBigInt64(FLOCK.l_len, 1n, true);
  lock.setInt32(FLOCK.l_pid, 0, true); // as these locks demand
  address ??= Number(
    Deno.UnsafePointer.value(Deno.UnsafePointer.of(lock)),
  );
  for (;;) {
    const number = -fcntl(fd, F_OFD_SETLK, address);
    if (number <= 0) return true;
    if (number === EAGAIN || number === EACCES) return false;
    if (number !== EINTR) {
      throw osError(number, "fcntl", `lock byte ${byte} of descriptor ${fd}`);
    }
  }
}

/**
 * Locks a byte, unless somebody else has.
 *
 * @param fd The descriptor, open for writing.
 * @param byte Which byte; there need not be one.
 * @returns Whether it is this open file's now.
 */
export function tryLockByte(fd: number, byte: number): boolean {
  return setLock(fd, F_WRLCK, byte);
}

/**
 * Gives a byte back.
 *
 * @param fd The descriptor.
 * @param byte Which byte.
 */
export function unlockByte(fd: number, byte: number): void {
  setLock(fd, F_UNLCK, byte);
}
