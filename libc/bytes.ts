/** Checks of bytes that callers pass. */

/**
 * Checks the argument of a read or write.
 *
 * @param bytes What should be bytes.
 * @throws {TypeError} If it is no `Uint8Array`, or one over a
 * `SharedArrayBuffer`.
 */
export function checkBytes(
  bytes: Uint8Array,
): asserts bytes is Uint8Array<ArrayBuffer> {
  if (!(bytes instanceof Uint8Array)) {
    throw new TypeError(
      `Cannot read or write: expected a Uint8Array, got ${typeof bytes}`,
    );
  }
  if (!(bytes.buffer instanceof ArrayBuffer)) {
    throw new TypeError(
      "Cannot read or write: the bytes of a SharedArrayBuffer are not accepted",
    );
  }
}
