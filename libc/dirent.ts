/**
 * `<dirent.h>`: the names in a folder; Linux only.
 *
 * @see {@link https://man7.org/linux/man-pages/man2/getdents.2.html | getdents64(2)}
 */

import { osError } from "./error.ts";
import { O_RDONLY, open } from "./fcntl.ts";
import { FileDescriptor } from "./file_descriptor.ts";
import { errno, library } from "./library.ts";

const libdirent = library({
  getdents64: { parameters: ["i32", "buffer", "usize"], result: "i32" }, // ssize_t getdents64(int, void *, size_t)
});

/** Offsets in `struct dirent64`, in bytes, of which there are as many as it says. */
export const DIRENT64 = {
  d_reclen: 16, // unsigned short
  d_name: 19, // char []
} as const;

const decoder = new TextDecoder();

/**
 * Lists a folder.
 *
 * @param path Where it is.
 * @returns The names in it, without `.` and `..`.
 */
export function listFolder(path: string): string[] {
  using folder = new FileDescriptor(open(path, O_RDONLY, path));
  const bytes = new Uint8Array(8192);
  const view = new DataView(bytes.buffer);
  const names: string[] = [];
  for (;;) {
    const size = BigInt(bytes.byteLength);
    const count = libdirent.getdents64()(folder.fd, bytes, size);
    if (count === -1) throw osError(errno[0], "getdents64", `list ${path}`);
    if (count === 0) return names.filter((name) => !/^\.\.?$/.test(name));
    for (let at = 0; at < count;) {
      const start = at + DIRENT64.d_name;
      const end = bytes.indexOf(0, start);
      names.push(decoder.decode(bytes.subarray(start, end)));
      at += view.getUint16(at + DIRENT64.d_reclen, true);
    }
  }
}
