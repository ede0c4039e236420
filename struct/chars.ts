import { ValueType } from "./field_type.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

function readChars(bytes: Uint8Array): string {
  // A copy: another process may write while this one reads.
  const copy = bytes.slice();
  const end = copy.indexOf(0);
  return decoder.decode(end === -1 ? copy : copy.subarray(0, end));
}

function writeChars(bytes: Uint8Array, value: string): void {
  if (typeof value !== "string") {
    throw new TypeError(
      `Cannot write chars: expected a string, got ${typeof value}`,
    );
  }
  const text = encoder.encode(value);
  if (text.includes(0)) {
    throw new TypeError(
      `Cannot write ${JSON.stringify(value)}: C ends a string at NUL`,
    );
  }
  if (text.length >= bytes.length) {
    throw new RangeError(
      `Cannot write ${JSON.stringify(value)}: it takes ${text.length} ` +
        `bytes, and the limit is ${bytes.length - 1}, with a NUL behind`,
    );
  }
  bytes.set(text);
  bytes.fill(0, text.length);
}

function bytesAt(data: DataView, offset: number, size: number): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset + offset, size);
}

/**
 * A string in a place of fixed size, `char[size]`, in UTF-8.
 *
 * Reading stops at the first NUL, or at the end; bytes that are no UTF-8 read
 * as U+FFFD. Writing fills the rest with NUL, of which there is at least one,
 * as the functions of C expect. Neither is atomic: guard it if others write.
 *
 * @param size How many bytes, the NUL included.
 * @returns The type. Assigning too long a string throws a `RangeError`, one
 * with a NUL in it a `TypeError`.
 * @throws {TypeError} If the size is not a number.
 * @throws {RangeError} If it is not a whole number from 1.
 *
 * @example Usage
 * ```ts
 * import { chars, struct } from "@ipc/struct";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const Job = struct({ name: chars(8) });
 * const job = Job.view(new ArrayBuffer(8));
 * job.name = "café";
 * assertEquals(job.name, "café");
 * assertThrows(() => job.name = "too long", RangeError);
 * ```
 */
export function chars(size: number): ValueType<string> {
  return new ValueType({
    byteLength: size,
    alignment: 1,
    accessAlignment: 1,
    read: (data, offset) => readChars(bytesAt(data, offset, size)),
    write: (data, offset, value) =>
      writeChars(bytesAt(data, offset, size), value),
    declare: (declarator) => `char ${declarator}[${size}]`,
  });
}
