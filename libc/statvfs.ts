/**
 * `<sys/statvfs.h>`: how much room a file system has.
 *
 * Linux on 64-bit processors, from `bits/statvfs.h` of glibc; macOS from
 * `bsd/sys/statvfs.h` of xnu, whose counts have 32 bits.
 *
 * @see {@link https://man7.org/linux/man-pages/man3/statvfs.3.html | statvfs(3)}
 */

import { library } from "./library.ts";
import { perPlatform } from "./platform.ts";

const libstatvfs = library({
  fstatvfs: { parameters: ["i32", "buffer"], result: "i32" }, // int fstatvfs(int, struct statvfs *)
});

/** Offsets in `struct statvfs`, in bytes. */
export const STATVFS: Readonly<
  Record<"size" | "f_frsize" | "f_blocks" | "f_bavail", number>
> = perPlatform({
  linux: {
    size: 112,
    f_frsize: 8, // unsigned long
    f_blocks: 16, // fsblkcnt_t, 64 bits
    f_bavail: 32, // fsblkcnt_t
  },
  darwin: {
    size: 64,
    f_frsize: 8, // unsigned long
    f_blocks: 16, // fsblkcnt_t, 32 bits
    f_bavail: 24, // fsblkcnt_t
  },
});

/** Reads a count of blocks. */
const getCount: (view: DataView, offset: number) => number = perPlatform({
  linux: (view, offset) => Number(view.getBigUint64(offset, true)),
  darwin: (view, offset) => view.getUint32(offset, true),
});

/** How much room a file system has. */
export interface FileSystemSpace {
  /** All bytes. */
  readonly total: number;
  /** The bytes that an ordinary user may still take. */
  readonly available: number;
}

/**
 * Asks how much room the file system of an open file has, for a message: a
 * failure is no error.
 *
 * @param fd The descriptor.
 * @returns The room, or `undefined` if it cannot be told.
 */
export function fileSystemSpace(fd: number): FileSystemSpace | undefined {
  const view = new DataView(new ArrayBuffer(STATVFS.size));
  if (libstatvfs.fstatvfs()(fd, view) === -1) return undefined;
  const unit = Number(view.getBigUint64(STATVFS.f_frsize, true));
  return {
    total: getCount(view, STATVFS.f_blocks) * unit,
    available: getCount(view, STATVFS.f_bavail) * unit,
  };
}
