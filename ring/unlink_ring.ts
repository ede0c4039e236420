import { FileDescriptor, O_NOFOLLOW, O_NONBLOCK, O_RDONLY } from "@ipc/libc";
import { open } from "@ipc/libc/rings";
import { describe } from "./_layout.ts";
import { removeRing } from "./_create.ts";
import { memoryPath } from "./_path.ts";

/**
 * Removes the name of a ring.
 *
 * `unlink(2)`.
 *
 * Those who have the ring open keep it, and nobody else can open it any more:
 * a side whose last peer is gone then gets the end each time it waits.
 *
 * Requires `--allow-ffi`.
 *
 * @param name The name, such as `"/orders"`.
 * @throws {Deno.errors.NotFound} If there is none of this name.
 * @throws {Deno.errors.PermissionDenied} If it is another user's.
 * @throws {TypeError} If the name is none.
 * @throws {RangeError} If the name is too long.
 * @see {@link https://man7.org/linux/man-pages/man2/unlink.2.html | unlink(2)}
 *
 * @example Usage
 * ```ts
 * import { openRingReader, unlinkRing } from "@ipc/ring";
 * import { assertThrows } from "@std/assert";
 *
 * const { name } = openRingReader(null);
 * unlinkRing(name);
 * assertThrows(() => unlinkRing(name), Deno.errors.NotFound);
 * ```
 */
export function unlinkRing(name: string): void {
  const path = memoryPath(name);
  const flags = O_RDONLY | O_NONBLOCK | O_NOFOLLOW;
  const hint = () => "it has to be opened to be unlinked";
  using file = new FileDescriptor(open(path, flags, describe(name), hint));
  removeRing(name, file.fd);
}
