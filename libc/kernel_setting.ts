/** Settings of the Linux kernel, which are files under `/proc/sys`. */

import { O_RDONLY, open } from "./fcntl.ts";
import { FileDescriptor } from "./file_descriptor.ts";
import { tryRead } from "./unistd.ts";

/**
 * Reads a setting that is a number, as it is now. It needs no permission but
 * that for FFI.
 *
 * @param name Its name for `sysctl(8)`, such as `"fs.mqueue.msg_max"`.
 * @returns The number, or `undefined` if there is no such setting, or it
 * cannot be read.
 * @see {@link https://docs.kernel.org/admin-guide/sysctl/ | the kernel}
 */
export function kernelSetting(name: string): number | undefined {
  return kernelSettings(name)?.[0];
}

/**
 * Reads a setting that is several numbers, such as `"kernel.sem"`.
 *
 * @param name Its name for `sysctl(8)`.
 * @returns The numbers, or `undefined` if there is no such setting, or it
 * cannot be read.
 */
export function kernelSettings(name: string): number[] | undefined {
  try {
    const path = `/proc/sys/${name.replaceAll(".", "/")}`;
    using file = new FileDescriptor(open(path, O_RDONLY, path));
    const bytes = new Uint8Array(64);
    const count = tryRead(file.fd, bytes);
    const text = new TextDecoder().decode(bytes.subarray(0, count)).trim();
    const words = text.split(/\s+/);
    return words.every((word) => /^\d+$/.test(word))
      ? words.map(Number)
      : undefined;
  } catch {
    return undefined;
  }
}
