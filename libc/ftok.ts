import { checkInteger } from "./argument.ts";
import { cString } from "./c_string.ts";
import { osError } from "./error.ts";
import { errno, library } from "./library.ts";

const libipc = library({
  ftok: { parameters: ["buffer", "i32"], result: "i32" }, // key_t ftok(const char *, int)
});

/**
 * Makes a System V key of a file and a number, so that processes which know
 * the same file have the same key.
 *
 * `ftok(3)`.
 *
 * Keys of different files can be the same: of the file's inode number the key
 * has only 16 bits, of its device 8, and 8 of the number. So what is found by
 * it may be somebody else's: create it with `createNew`, and take another
 * number if there is one; or create it with `null`, which finds a free key,
 * and tell the other process. A file that is removed and made anew has another
 * key, as a rule. Queues, semaphores and shared memory have keys of their own:
 * one of each can have the same.
 *
 * Requires `--allow-ffi`.
 *
 * @param path The path of a file or folder that exists.
 * @param id The number, from 0 to 255; not 0 where POSIX systems are to agree.
 * @returns The key.
 * @throws {Deno.errors.NotFound} If there is no such file.
 * @throws {Deno.errors.PermissionDenied} If its folder may not be searched.
 * @throws {RangeError} If the number is out of range.
 * @throws {TypeError} If the path is no string for C.
 * @see {@link https://pubs.opengroup.org/onlinepubs/9799919799/functions/ftok.html | POSIX}
 * @see {@link https://man7.org/linux/man-pages/man3/ftok.3.html | ftok(3)}
 *
 * @example Usage
 * ```ts
 * import { ftok, openSysvMessageQueue, openSysvSemaphore } from "@ipc/ipc";
 * import { assertEquals } from "@std/assert";
 *
 * const key = ftok("/usr", 1);
 * assertEquals(ftok("/usr", 1), key);
 *
 * using queue = openSysvMessageQueue(key, { create: true });
 * using semaphore = openSysvSemaphore(key, { create: true });
 * queue.remove();
 * semaphore.remove();
 * ```
 */
export function ftok(path: string, id: number): number {
  checkInteger(id, "id", 0, 255);
  const key = libipc.ftok()(cString(path, "the path"), id);
  if (key !== -1) return key;
  throw osError(errno[0], "ftok", `make a key of ${JSON.stringify(path)}`);
}
