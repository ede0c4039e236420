import { checkMode, mkfifo as makeFifo } from "@ipc/libc";

/** Options of {@linkcode mkfifo}. */
export interface MkfifoOptions {
  /**
   * The permission bits, less those of the process's umask: with the usual
   * umask of `0o022`, `0o666` becomes `0o644`.
   *
   * @default {0o600}
   */
  mode?: number;
}

/**
 * Makes a FIFO: a pipe with a name in the file system.
 *
 * `mkfifo(3)`.
 *
 * It fails if anything has the name, a symbolic link too. Remove it with
 * `Deno.remove`; those who have it open keep it.
 *
 * Requires `--allow-ffi`. The path is not subject to Deno's own permissions
 * for reading and writing.
 *
 * @param path Where to make it.
 * @param options What permissions it has.
 * @throws {Deno.errors.AlreadyExists} If anything has the name.
 * @throws {Deno.errors.NotFound} If there is no such folder.
 * @throws {Deno.errors.PermissionDenied} If the folder cannot be written.
 * @throws {TypeError} If the path is no string, or contains a NUL.
 * @throws {RangeError} If the mode is not permission bits.
 * @see {@link https://pubs.opengroup.org/onlinepubs/9799919799/functions/mkfifo.html | POSIX}
 * @see {@link https://man7.org/linux/man-pages/man3/mkfifo.3.html | mkfifo(3)}
 *
 * @example Usage
 * ```ts
 * import { mkfifo } from "@ipc/fifo";
 * import { assert } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * mkfifo(`${folder}/orders`, { mode: 0o660 });
 * assert((await Deno.lstat(`${folder}/orders`)).isFifo);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export function mkfifo(path: string, options: MkfifoOptions = {}): void {
  const { mode = 0o600 } = options;
  checkMode(mode);
  makeFifo(path, mode);
}
