/** Checks of bytes that callers pass. */

/** What is remembered keeps its buffer alive, so that is no larger. */
const LARGEST = 1 << 20;

/**
 * What has passed last, and mostly comes again: to ask for its buffer takes
 * long where the caches are cold.
 */
let last: Uint8Array = new Uint8Array(0);

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
  if (bytes === last) return;
  if (!(bytes instanceof Uint8Array)) {
    throw new TypeError(
      `Cannot read or write: expected a Uint8Array, got ${typeof bytes}`,
    );
  }
  const { buffer } = bytes;
  if (!(buffer instanceof ArrayBuffer)) {
    throw new TypeError(
      "Cannot read or write: the bytes of a SharedArrayBuffer are not accepted",
    );
  }
  if (buffer.byteLength <= LARGEST) last = bytes;
}
