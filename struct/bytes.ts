import { ViewType } from "./field_type.ts";

/**
 * Bytes, `unsigned char[size]`: a `Uint8Array` of the memory itself.
 *
 * @param size How many.
 * @returns The type.
 * @throws {TypeError} If the size is not a number.
 * @throws {RangeError} If it is not a whole number from 1.
 *
 * @example Usage
 * ```ts
 * import { bytes, struct, u16 } from "@ipc/struct";
 * import { assertEquals } from "@std/assert";
 *
 * const Packet = struct({ length: u16, data: bytes(64) });
 * const packet = Packet.view(new ArrayBuffer(Packet.byteLength));
 * packet.data.set([1, 2, 3]);
 * packet.length = 3;
 * assertEquals([...packet.data.subarray(0, packet.length)], [1, 2, 3]);
 * ```
 */
export function bytes(size: number): ViewType<Uint8Array> {
  return new ViewType({
    byteLength: size,
    alignment: 1,
    accessAlignment: 1,
    show: (buffer, byteOffset) => new Uint8Array(buffer, byteOffset, size),
    declare: (declarator) => `unsigned char ${declarator}[${size}]`,
  });
}
