/**
 * `<sys/stat.h>`: what the system knows of an open object.
 *
 * Linux has `struct statx`, of one layout on every processor
 * (`linux/stat.h`); macOS has `struct stat` with 64-bit inodes
 * (`bsd/sys/stat.h` of xnu).
 *
 * @see {@link https://man7.org/linux/man-pages/man2/statx.2.html | statx(2)}
 */

import { cString } from "./c_string.ts";
import { osError } from "./error.ts";
import { errno, library } from "./library.ts";
import { capabilities } from "./platform.ts";

const libstatx = library({
  statx: {
    parameters: ["i32", "buffer", "i32", "u32", "buffer"],
    result: "i32",
  }, // int statx(int, const char *, int, unsigned, struct statx *)
});

const libfstat = library({
  fstat: { parameters: ["i32", "buffer"], result: "i32" }, // int fstat(int, struct stat *)
});

const liblstat = library({
  lstat: { parameters: ["buffer", "buffer"], result: "i32" }, // int lstat(const char *, struct stat *)
});

/** Asks about the descriptor itself. */
export const AT_EMPTY_PATH = 0x1000;
/** Asks about a symbolic link itself. */
export const AT_SYMLINK_NOFOLLOW = 0x100;
/** Relative paths begin at the current folder. */
export const AT_FDCWD = -100;
/** Asks for what `stat` tells. */
export const STATX_BASIC_STATS = 0x7ff;

/** The bits of the mode that say what kind of file it is. */
export const S_IFMT = 0o170000;
/** A symbolic link. */
export const S_IFLNK = 0o120000;
/** A pipe or FIFO. */
export const S_IFIFO = 0o010000;
/** A socket. */
export const S_IFSOCK = 0o140000;
/** A regular file, as shared memory is on Linux. */
export const S_IFREG = 0o100000;

/** Offsets in `struct statx`, in bytes; 256 in all. */
export const STATX = {
  size: 256,
  stx_nlink: 16, // __u32
  stx_uid: 20, // __u32
  stx_gid: 24, // __u32
  stx_mode: 28, // __u16
  stx_ino: 32, // __u64
  stx_size: 40, // __u64
  stx_dev_major: 136, // __u32
  stx_dev_minor: 140, // __u32
} as const;

/** Offsets in macOS's `struct stat`, in bytes; 144 in all. */
export const STAT = {
  size: 144,
  st_dev: 0, // int32_t
  st_mode: 4, // uint16_t
  st_nlink: 6, // uint16_t
  st_ino: 8, // uint64_t
  st_uid: 16, // uint32_t
  st_gid: 20, // uint32_t
  st_size: 96, // int64_t
} as const;

/** What the system knows of an open object. */
export interface FileStat {
  /** The kind of file and its permission bits: `st_mode`. */
  readonly mode: number;
  /** The owner's user number. */
  readonly uid: number;
  /** The owner's group number. */
  readonly gid: number;
  /** The size in bytes. */
  readonly size: number;
  /** The inode number, which with the device names the object. */
  readonly ino: number;
  /** How many names it has; 0 when it was unlinked. */
  readonly nlink: number;
}

/**
 * Asks the system about an open descriptor.
 *
 * @param fd The descriptor.
 * @returns What it knows.
 */
export function fstat(fd: number): FileStat {
  return capabilities.statx ? fstatLinux(fd) : fstatDarwin(fd);
}

/**
 * Asks the system about a path, and does not follow a symbolic link there.
 *
 * @param path The path.
 * @returns What it knows.
 */
export function lstat(path: string): FileStat {
  const name = cString(path, "the path");
  const quoted = JSON.stringify(path);
  if (capabilities.statx) {
    return statx(AT_FDCWD, name, AT_SYMLINK_NOFOLLOW, quoted);
  }
  const view = new DataView(new ArrayBuffer(STAT.size));
  if (liblstat.lstat()(name, view) === -1) {
    throw osError(errno[0], "lstat", `ask about ${quoted}`);
  }
  return decodeStat(view);
}

function fstatLinux(fd: number): FileStat {
  return statx(fd, new Uint8Array(1), AT_EMPTY_PATH, `descriptor ${fd}`);
}

function statx(
  fd: number,
  path: Uint8Array<ArrayBuffer>,
  flags: number,
  what: string,
): FileStat {
  const view = new DataView(new ArrayBuffer(STATX.size));
  if (libstatx.statx()(fd, path, flags, STATX_BASIC_STATS, view) === -1) {
    throw osError(errno[0], "statx", `ask about ${what}`);
  }
  return decodeStatx(view);
}

function fstatDarwin(fd: number): FileStat {
  const view = new DataView(new ArrayBuffer(STAT.size));
  if (libfstat.fstat()(fd, view) === -1) {
    throw osError(errno[0], "fstat", `ask about descriptor ${fd}`);
  }
  return decodeStat(view);
}

/**
 * Reads Linux's `struct statx`.
 *
 * @param view Its bytes.
 * @returns What it says.
 */
export function decodeStatx(view: DataView): FileStat {
  return {
    mode: view.getUint16(STATX.stx_mode, true),
    uid: view.getUint32(STATX.stx_uid, true),
    gid: view.getUint32(STATX.stx_gid, true),
    size: Number(view.getBigUint64(STATX.stx_size, true)),
    ino: Number(view.getBigUint64(STATX.stx_ino, true)),
    nlink: view.getUint32(STATX.stx_nlink, true),
  };
}

/**
 * Reads macOS's `struct stat`.
 *
 * @param view Its bytes.
 * @returns What it says.
 */
export function decodeStat(view: DataView): FileStat {
  return {
    mode: view.getUint16(STAT.st_mode, true),
    uid: view.getUint32(STAT.st_uid, true),
    gid: view.getUint32(STAT.st_gid, true),
    size: Number(view.getBigInt64(STAT.st_size, true)),
    ino: Number(view.getBigUint64(STAT.st_ino, true)),
    nlink: view.getUint16(STAT.st_nlink, true),
  };
}

const libmkfifo = library({
  mkfifo: { parameters: ["buffer", "u32"], result: "i32" }, // int mkfifo(const char *, mode_t)
});

/**
 * Makes a FIFO.
 *
 * @param path Where.
 * @param mode Its permission bits, less those of the umask.
 * @see {@link https://man7.org/linux/man-pages/man3/mkfifo.3.html | mkfifo(3)}
 */
export function mkfifo(path: string, mode: number): void {
  if (libmkfifo.mkfifo()(cString(path, "the path"), mode) === -1) {
    throw osError(errno[0], "mkfifo", `create FIFO ${JSON.stringify(path)}`);
  }
}
