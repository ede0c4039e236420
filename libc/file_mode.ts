/**
 * `<sys/stat.h>`: the modes of files that are being made.
 *
 * Linux from `asm-generic/fcntl.h`; macOS from `bsd/sys/fcntl.h` of xnu.
 *
 * @see {@link https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/sys_stat.h.html | POSIX}
 */

import { cString } from "./c_string.ts";
import { osError } from "./error.ts";
import { errno, library } from "./library.ts";
import { perPlatform } from "./platform.ts";

/** Relative paths begin at the current folder. */
export const AT_FDCWD: number = perPlatform({ linux: -100, darwin: -2 });
/** Does not follow a symbolic link in the last place. */
export const AT_SYMLINK_NOFOLLOW: number = perPlatform({
  linux: 0x100,
  darwin: 0x20,
});

const libmode = library({
  fchmod: { parameters: ["i32", "u32"], result: "i32" }, // int fchmod(int, mode_t)
  fchmodat: { parameters: ["i32", "buffer", "u32", "i32"], result: "i32" }, // int fchmodat(int, const char *, mode_t, int)
  mkdir: { parameters: ["buffer", "u32"], result: "i32" }, // int mkdir(const char *, mode_t)
  umask: { parameters: ["u32"], result: "u32" }, // mode_t umask(mode_t)
});

/**
 * Sets the mode of what a descriptor leads to. On Linux a socket that has no
 * name yet keeps it for the file that `bind(2)` makes.
 *
 * @param fd The descriptor.
 * @param mode The permission bits.
 * @see {@link https://man7.org/linux/man-pages/man2/fchmod.2.html | fchmod(2)}
 */
export function fchmod(fd: number, mode: number): void {
  if (libmode.fchmod()(fd, mode) === -1) {
    throw osError(errno[0], "fchmod", `set the mode of descriptor ${fd}`);
  }
}

/**
 * Sets the mode of a file, and does not follow a symbolic link there.
 *
 * @param path Where it is.
 * @param mode The permission bits.
 * @see {@link https://man7.org/linux/man-pages/man2/fchmodat.2.html | fchmodat(2)}
 */
export function chmodNoFollow(path: string, mode: number): void {
  const name = cString(path, "the path");
  if (libmode.fchmodat()(AT_FDCWD, name, mode, AT_SYMLINK_NOFOLLOW) === -1) {
    throw osError(
      errno[0],
      "fchmodat",
      `set the mode of ${JSON.stringify(path)}`,
    );
  }
}

/**
 * Makes a folder.
 *
 * @param path Where.
 * @param mode Its permission bits, less those of the umask.
 * @see {@link https://man7.org/linux/man-pages/man2/mkdir.2.html | mkdir(2)}
 */
export function mkdir(path: string, mode: number): void {
  if (libmode.mkdir()(cString(path, "the path"), mode) === -1) {
    throw osError(errno[0], "mkdir", `create folder ${JSON.stringify(path)}`);
  }
}

/**
 * Runs a function while new files of this process lack some permission bits.
 * It holds for every thread, so it only takes bits away, and for a moment.
 *
 * @param bits The bits that new files do not get.
 * @param run The function.
 * @returns What it returns.
 * @see {@link https://man7.org/linux/man-pages/man2/umask.2.html | umask(2)}
 */
export function withoutModeBits<T>(bits: number, run: () => T): T {
  const call = libmode.umask();
  // It can only be read by setting it: to a strict one for that moment.
  const before = call(0o077 | bits);
  call(before | bits);
  try {
    return run();
  } finally {
    call(before);
  }
}
