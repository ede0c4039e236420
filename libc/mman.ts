/**
 * `<sys/mman.h>`: shared memory objects, and mapping them.
 *
 * Linux from `asm-generic/mman-common.h`; macOS from `bsd/sys/mman.h` and
 * `bsd/kern/posix_shm.c` of xnu.
 *
 * @see {@link https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/sys_mman.h.html | POSIX}
 */

import { Errno } from "./errno.ts";
import { osError } from "./error.ts";
import { errno, library } from "./library.ts";
import { objectName } from "./object_name.ts";
import { perPlatform } from "./platform.ts";
import { variadicArguments, variadicParameters } from "./variadic.ts";

const { EINTR, EINVAL } = Errno;

const libmman = library({
  mmap: {
    parameters: ["pointer", "usize", "i32", "i32", "i32", "i64"],
    result: "pointer",
  }, // void *mmap(void *, size_t, int, int, int, off_t)
  munmap: { parameters: ["pointer", "usize"], result: "i32" }, // int munmap(void *, size_t)
});

const libshm = library({
  shm_open: {
    parameters: variadicParameters(["buffer", "i32"], 1),
    result: "i32",
  }, // int shm_open(const char *, int, mode_t); macOS: int shm_open(const char *, int, ...)
  shm_unlink: { parameters: ["buffer"], result: "i32" }, // int shm_unlink(const char *)
});

/** Memory that can be read. */
export const PROT_READ = 1;
/** Memory that can be written. */
export const PROT_WRITE = 2;
/** What is written reaches every process that maps the memory. */
export const MAP_SHARED = 1;
/** What is written changes a copy of the page. */
export const MAP_PRIVATE = 2;
/** Keeps no memory in reserve for copies that are never made. */
export const MAP_NORESERVE: number = perPlatform({
  linux: 0x4000,
  darwin: 0x40,
});
/** What `mmap` returns when it fails: the address −1. */
export const MAP_FAILED = 0xffff_ffff_ffff_ffffn;

/**
 * The longest name of a shared memory object, in bytes, slash included:
 * `NAME_MAX` after the slash on Linux, `PSHMNAMLEN` on macOS.
 */
export const SHM_NAME_MAX: number = perPlatform({ linux: 256, darwin: 31 });

/**
 * Opens a shared memory object; the descriptor is close-on-exec.
 *
 * @param name The name.
 * @param flags `O_RDONLY` or `O_RDWR`, with `O_CREAT` and `O_EXCL`.
 * @param mode The permission bits of a new object, less those of the umask.
 * @returns The descriptor.
 * @see {@link https://man7.org/linux/man-pages/man3/shm_open.3.html | shm_open(3)}
 */
export function shmOpen(name: string, flags: number, mode: number): number {
  const path = objectName(name, SHM_NAME_MAX);
  const args = variadicArguments([path, flags], [mode]) as (number | bigint)[];
  for (;;) {
    const fd = libshm.shm_open()(...args);
    if (fd !== -1) return fd;
    const number = errno[0];
    if (number !== EINTR) {
      throw osError(
        number,
        "shm_open",
        `open shared memory ${JSON.stringify(name)}`,
        // The name was checked, and the flags are ours.
        number === EINVAL
          ? "what has the name is no shared memory but a folder"
          : undefined,
      );
    }
  }
}

/**
 * Removes the name of a shared memory object.
 *
 * @param name The name.
 * @see {@link https://man7.org/linux/man-pages/man3/shm_open.3.html | shm_unlink(3)}
 */
export function shmUnlink(name: string): void {
  if (libshm.shm_unlink()(objectName(name, SHM_NAME_MAX)) === -1) {
    throw osError(
      errno[0],
      "shm_unlink",
      `unlink shared memory ${JSON.stringify(name)}`,
    );
  }
}

/**
 * Maps bytes of a descriptor.
 *
 * @param fd The descriptor.
 * @param size How many bytes.
 * @param shared Whether what is written reaches every process that maps
 * them. If not, a write makes a private copy of its page, which a descriptor
 * that is open for reading only allows too.
 * @param offset Where the first of them is, in bytes.
 * @returns Where they are.
 * @see {@link https://man7.org/linux/man-pages/man2/mmap.2.html | mmap(2)}
 */
export function mmap(
  fd: number,
  size: number,
  shared: boolean,
  offset = 0,
): Deno.PointerObject {
  const pointer = libmman.mmap()(
    null,
    BigInt(size),
    PROT_READ | PROT_WRITE,
    shared ? MAP_SHARED : MAP_PRIVATE | MAP_NORESERVE,
    fd,
    BigInt(offset),
  );
  const number = errno[0];
  if (
    pointer === null || Deno.UnsafePointer.value(pointer) === MAP_FAILED
  ) {
    throw osError(number, "mmap", `map ${size} bytes of descriptor ${fd}`);
  }
  return pointer;
}

/**
 * Removes a mapping. No view may reach it any more.
 *
 * @param pointer Where it is.
 * @param size How many bytes it has.
 */
export function munmap(pointer: Deno.PointerObject, size: number): void {
  if (libmman.munmap()(pointer, BigInt(size)) === -1) {
    throw osError(errno[0], "munmap", `unmap ${size} bytes`);
  }
}
