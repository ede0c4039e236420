/** What the class and the function that opens it both need. */

import {
  capabilities,
  fstat,
  ftruncate,
  reserve,
  S_IFMT,
  S_IFREG,
} from "@ipc/libc";

/**
 * Names the memory in messages.
 *
 * @param name The name, or `null` without one.
 * @returns The words.
 */
export function describe(name: string | null): string {
  return name === null
    ? "shared memory"
    : `shared memory ${JSON.stringify(name)}`;
}

/**
 * The size of an object, after a look at what it is.
 *
 * @param fd Its descriptor.
 * @param what What it is called in messages.
 * @returns The size in bytes.
 * @throws {TypeError} If it is not shared memory but, say, a FIFO.
 */
export function objectSize(fd: number, what: string): number {
  const { mode, size } = fstat(fd);
  const kind = mode & S_IFMT;
  // macOS gives shared memory no kind at all.
  if (kind !== S_IFREG && kind !== 0) {
    throw new TypeError(
      `Cannot open ${what}: what has the name is no shared memory ` +
        `(its mode is 0o${mode.toString(8)})`,
    );
  }
  return size;
}

/**
 * Sets the size of an object. If there is no room, it is as it was.
 *
 * @param fd Its descriptor.
 * @param present The size it has.
 * @param size The size it is to have.
 * @param what What it is called in messages.
 * @throws {Error} With code `ENOSPC` if there is no room.
 */
export function setSize(
  fd: number,
  present: number,
  size: number,
  what: string,
): void {
  if (size < present) return ftruncate(fd, size);
  try {
    reserve(fd, size, `set the size of ${what} to ${size} bytes`);
  } catch (error) {
    if (present !== size) ftruncate(fd, present);
    throw error;
  }
}

/**
 * Checks that memory can be opened for reading only.
 *
 * @param what What it is called in messages.
 * @throws {Deno.errors.NotSupported} On macOS.
 */
export function checkReadOnly(what: string): void {
  if (capabilities.privateMapping) return;
  throw new Deno.errors.NotSupported(
    `Cannot open ${what} for reading only: macOS would kill the process ` +
      `that writes to a view of it; open it for writing`,
  );
}

/**
 * Checks the argument of a read or write.
 *
 * @param p What should be bytes.
 * @throws {TypeError} If it is no `Uint8Array`.
 */
export function checkBytes(
  p: Uint8Array,
): asserts p is Uint8Array<ArrayBuffer> {
  if (!(p instanceof Uint8Array)) {
    throw new TypeError(
      `Cannot read or write: expected a Uint8Array, got ${typeof p}`,
    );
  }
  if (!(p.buffer instanceof ArrayBuffer)) {
    throw new TypeError(
      "Cannot read or write: the bytes of a SharedArrayBuffer are not accepted",
    );
  }
}
