/**
 * `<unistd.h>`: descriptors and their bytes.
 *
 * @see {@link https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/unistd.h.html | POSIX}
 */

import { cString } from "./c_string.ts";
import { Errno } from "./errno.ts";
import { osError } from "./error.ts";
import { O_CLOEXEC, setCloseOnExec } from "./fcntl.ts";
import { errno, library } from "./library.ts";
import { LongArgument } from "./long_argument.ts";
import { capabilities, perPlatform } from "./platform.ts";

const { EAGAIN, EINTR } = Errno;

const libunistd = library({
  close: { parameters: ["i32"], result: "i32" }, // int close(int)
  link: { parameters: ["buffer", "buffer"], result: "i32" }, // int link(const char *, const char *)
  rmdir: { parameters: ["buffer"], result: "i32" }, // int rmdir(const char *)
  ftruncate: { parameters: ["i32", "i64"], result: "i32" }, // int ftruncate(int, off_t)
  lseek: { parameters: ["i32", "i64", "i32"], result: "i64" }, // off_t lseek(int, off_t, int)
  lseek_failing: {
    name: "lseek",
    parameters: ["i32", "i64", "i32"],
    result: "i32",
  },
  // A transfer is at most 1 GiB, so its count fits 32 bits.
  read: { parameters: ["i32", "buffer", "usize"], result: "i32" }, // ssize_t read(int, void *, size_t)
  unlink: { parameters: ["buffer"], result: "i32" }, // int unlink(const char *)
  sysconf: { parameters: ["i32"], result: "isize" }, // long sysconf(int)
  write: { parameters: ["i32", "buffer", "usize"], result: "i32" }, // ssize_t write(int, const void *, size_t)
});

const libpipe2 = library({
  pipe2: { parameters: ["buffer", "i32"], result: "i32" }, // int pipe2(int [2], int)
});

const libpipe = library({
  pipe: { parameters: ["buffer"], result: "i32" }, // int pipe(int [2])
});

const rooms = new LongArgument();
const sizes = new LongArgument();

/**
 * The most bytes of one write to a pipe or FIFO that are never mixed with
 * those of another writer: 4096 on Linux, 512 on macOS.
 *
 * @see {@link https://man7.org/linux/man-pages/man7/pipe.7.html | pipe(7)}
 */
export const PIPE_BUF: number = perPlatform({ linux: 4096, darwin: 512 });

/** What a transfer returns that would have to wait. */
export const WOULD_BLOCK: number = -1;

/**
 * The most bytes of one transfer, 1 GiB: some systems refuse more than
 * `INT_MAX`, and Linux stops just under 2 GiB.
 */
const MAX_TRANSFER = 2 ** 30;

/** Asks `sysconf` for the size of a page. */
export const _SC_PAGESIZE: number = perPlatform({ linux: 30, darwin: 29 });

/**
 * Closes a descriptor, once: `EINTR` is not tried again, since the number may
 * be somebody else's by then.
 *
 * @param fd The descriptor.
 */
export function close(fd: number): void {
  if (libunistd.close()(fd) === -1) {
    const number = errno[0];
    if (number !== EINTR) {
      throw osError(number, "close", `close descriptor ${fd}`);
    }
  }
}

/**
 * Sets the size of a file or of shared memory.
 *
 * @param fd The descriptor.
 * @param size The size in bytes.
 */
export function ftruncate(fd: number, size: number): void {
  while (libunistd.ftruncate()(fd, BigInt(size)) === -1) {
    const number = errno[0];
    if (number !== EINTR) {
      throw osError(number, "ftruncate", `set the size to ${size} bytes`);
    }
  }
}

/**
 * Moves the position of a descriptor.
 *
 * @param fd The descriptor.
 * @param offset How far, in bytes.
 * @param whence From where: `Deno.SeekMode`, whose numbers are those of C.
 * @returns The new position, in bytes from the start.
 */
export function lseek(fd: number, offset: number, whence: number): number {
  const position = Number(libunistd.lseek()(fd, BigInt(offset), whence));
  // Fails again, with a result that is no object (see `errno`).
  if (
    position === -1 && libunistd.lseek_failing()(fd, BigInt(offset), whence)
  ) {
    throw osError(
      errno[0],
      "lseek",
      `seek to ${offset} (whence ${whence}) on descriptor ${fd}`,
    );
  }
  return position;
}

/**
 * Reads from a descriptor, at most 1 GiB in one call.
 *
 * @param fd The descriptor.
 * @param target Where to put the bytes.
 * @param action What to call it in messages.
 * @returns How many bytes were read; 0 at the end; {@linkcode WOULD_BLOCK} if
 * the descriptor does not wait and there are none.
 */
export function tryRead(
  fd: number,
  target: Uint8Array<ArrayBuffer>,
  action?: string,
): number {
  const size = rooms.of(Math.min(target.byteLength, MAX_TRANSFER));
  for (;;) {
    const count = libunistd.read()(fd, target, size);
    if (count !== -1) return count;
    const number = errno[0];
    if (number === EAGAIN) return WOULD_BLOCK;
    if (number !== EINTR) {
      throw osError(
        number,
        "read",
        action ?? `read from descriptor ${fd}`,
      );
    }
  }
}

/**
 * Writes to a descriptor, at most 1 GiB in one call.
 *
 * @param fd The descriptor.
 * @param source The bytes.
 * @param action What to call it in messages.
 * @returns How many bytes were written; {@linkcode WOULD_BLOCK} if the
 * descriptor does not wait and there is no room.
 */
export function tryWrite(
  fd: number,
  source: Uint8Array<ArrayBuffer>,
  action?: string,
): number {
  const size = sizes.of(Math.min(source.byteLength, MAX_TRANSFER));
  for (;;) {
    const count = libunistd.write()(fd, source, size);
    if (count !== -1) return count;
    const number = errno[0];
    if (number === EAGAIN) return WOULD_BLOCK;
    if (number !== EINTR) {
      throw osError(
        number,
        "write",
        action ?? `write to descriptor ${fd}`,
      );
    }
  }
}

/** The two ends of a new pipe. */
export interface PipeDescriptors {
  /** Where bytes come out. */
  readonly reader: number;
  /** Where bytes go in. */
  readonly writer: number;
}

/**
 * Makes a pipe, whose ends are close-on-exec.
 *
 * @param action What it is for, for messages.
 * @returns Its ends.
 * @see {@link https://man7.org/linux/man-pages/man2/pipe.2.html | pipe(2)}
 */
export function pipe(action = "create a pipe"): PipeDescriptors {
  const ends = new Int32Array(2);
  const result = capabilities.pipe2
    ? libpipe2.pipe2()(ends, O_CLOEXEC)
    : libpipe.pipe()(ends);
  if (result === -1) throw osError(errno[0], "pipe", action);
  const [reader, writer] = ends as unknown as [number, number];
  if (!capabilities.pipe2) {
    using undo = new DisposableStack();
    undo.defer(() => close(reader));
    undo.defer(() => close(writer));
    setCloseOnExec(reader, true);
    setCloseOnExec(writer, true);
    undo.move();
  }
  return { reader, writer };
}

/**
 * Gives a file a second name, if nothing has it.
 *
 * @param from The name that it has.
 * @param to The new name.
 * @see {@link https://man7.org/linux/man-pages/man2/link.2.html | link(2)}
 */
export function link(from: string, to: string): void {
  const [source, target] = [cString(from, "the path"), cString(to, "the path")];
  if (libunistd.link()(source, target) === -1) {
    throw osError(errno[0], "link", `name a file ${JSON.stringify(to)}`);
  }
}

/**
 * Removes the name of a file.
 *
 * @param path The name.
 * @see {@link https://man7.org/linux/man-pages/man2/unlink.2.html | unlink(2)}
 */
export function unlink(path: string): void {
  if (libunistd.unlink()(cString(path, "the path")) === -1) {
    throw osError(errno[0], "unlink", `remove ${JSON.stringify(path)}`);
  }
}

/**
 * Removes a folder that is empty.
 *
 * @param path Where it is.
 * @see {@link https://man7.org/linux/man-pages/man2/rmdir.2.html | rmdir(2)}
 */
export function rmdir(path: string): void {
  if (libunistd.rmdir()(cString(path, "the path")) === -1) {
    throw osError(errno[0], "rmdir", `remove folder ${JSON.stringify(path)}`);
  }
}

let pageBytes = 0;

/**
 * The size of a page of memory, the unit of a mapping: `sysconf(3)`.
 *
 * Requires `--allow-ffi`.
 *
 * @returns The size in bytes: 4096 on x86-64, 16384 on Apple's arm64.
 *
 * @example Usage
 * ```ts
 * import { pageSize } from "@ipc/libc";
 * import { assert } from "@std/assert";
 *
 * assert(pageSize() >= 4096);
 * ```
 */
export function pageSize(): number {
  return pageBytes ||= Number(libunistd.sysconf()(_SC_PAGESIZE));
}
