/** Strings for C: UTF-8, one NUL at the end, and none inside. */

const encoder = new TextEncoder();

/**
 * Encodes a string for C.
 *
 * @param value The string.
 * @param label What the string is, for the message, such as `"the name"`.
 * @returns The bytes in UTF-8, and a NUL.
 * @throws {TypeError} If it is not a string, holds a NUL, at which C would
 * cut it, or a lone surrogate, which UTF-8 cannot hold.
 */
export function cString(
  value: string,
  label: string,
): Uint8Array<ArrayBuffer> {
  if (typeof value !== "string") {
    throw new TypeError(
      `Cannot use ${label}: expected a string, got ${typeof value}`,
    );
  }
  if (value.includes("\0")) {
    throw new TypeError(
      `Cannot use ${label} ${
        JSON.stringify(value)
      }: it contains a NUL character`,
    );
  }
  if (!value.isWellFormed()) {
    throw new TypeError(
      `Cannot use ${label} ${
        JSON.stringify(value)
      }: it contains a lone surrogate, which UTF-8 cannot hold`,
    );
  }
  return encoder.encode(value + "\0") as Uint8Array<ArrayBuffer>;
}
