/**
 * Numbers. As in a typed array, what is assigned is converted: a whole number
 * that is too large loses its upper bits, and a fraction is cut off.
 */

import { IntegerType, NumberType } from "./number_type.ts";

/** The byte order of every system that is supported. */
const LITTLE_ENDIAN = true;

/** An unsigned integer of 8 bits, `uint8_t`: 0 to 255. */
export const u8: IntegerType<number, Uint8Array> = new IntegerType(
  "uint8_t",
  Uint8Array,
  {
    read: (data, offset) => data.getUint8(offset),
    write: (data, offset, value) => data.setUint8(offset, value),
  },
);

/** An unsigned integer of 16 bits, `uint16_t`: 0 to 65535. */
export const u16: IntegerType<number, Uint16Array> = new IntegerType(
  "uint16_t",
  Uint16Array,
  {
    read: (data, offset) => data.getUint16(offset, LITTLE_ENDIAN),
    write: (data, offset, value) =>
      data.setUint16(offset, value, LITTLE_ENDIAN),
  },
);

/** An unsigned integer of 32 bits, `uint32_t`: 0 to 4294967295. */
export const u32: IntegerType<number, Uint32Array> = new IntegerType(
  "uint32_t",
  Uint32Array,
  {
    read: (data, offset) => data.getUint32(offset, LITTLE_ENDIAN),
    write: (data, offset, value) =>
      data.setUint32(offset, value, LITTLE_ENDIAN),
  },
);

/** An unsigned integer of 64 bits, `uint64_t`: a `bigint` from 0n to 2n ** 64n - 1n. */
export const u64: IntegerType<bigint, BigUint64Array> = new IntegerType(
  "uint64_t",
  BigUint64Array,
  {
    read: (data, offset) => data.getBigUint64(offset, LITTLE_ENDIAN),
    write: (data, offset, value) =>
      data.setBigUint64(offset, value, LITTLE_ENDIAN),
  },
);

/** A signed integer of 8 bits, `int8_t`: -128 to 127. */
export const i8: IntegerType<number, Int8Array> = new IntegerType(
  "int8_t",
  Int8Array,
  {
    read: (data, offset) => data.getInt8(offset),
    write: (data, offset, value) => data.setInt8(offset, value),
  },
);

/** A signed integer of 16 bits, `int16_t`: -32768 to 32767. */
export const i16: IntegerType<number, Int16Array> = new IntegerType(
  "int16_t",
  Int16Array,
  {
    read: (data, offset) => data.getInt16(offset, LITTLE_ENDIAN),
    write: (data, offset, value) => data.setInt16(offset, value, LITTLE_ENDIAN),
  },
);

/** A signed integer of 32 bits, `int32_t`: -2147483648 to 2147483647. */
export const i32: IntegerType<number, Int32Array> = new IntegerType(
  "int32_t",
  Int32Array,
  {
    read: (data, offset) => data.getInt32(offset, LITTLE_ENDIAN),
    write: (data, offset, value) => data.setInt32(offset, value, LITTLE_ENDIAN),
  },
);

/** A signed integer of 64 bits, `int64_t`: a `bigint` from -(2n ** 63n) to 2n ** 63n - 1n. */
export const i64: IntegerType<bigint, BigInt64Array> = new IntegerType(
  "int64_t",
  BigInt64Array,
  {
    read: (data, offset) => data.getBigInt64(offset, LITTLE_ENDIAN),
    write: (data, offset, value) =>
      data.setBigInt64(offset, value, LITTLE_ENDIAN),
  },
);

/** A float of 32 bits, `float`. */
export const f32: NumberType<number, Float32Array> = new NumberType(
  "float",
  Float32Array,
  {
    read: (data, offset) => data.getFloat32(offset, LITTLE_ENDIAN),
    write: (data, offset, value) =>
      data.setFloat32(offset, value, LITTLE_ENDIAN),
  },
);

/** A float of 64 bits, `double`. */
export const f64: NumberType<number, Float64Array> = new NumberType(
  "double",
  Float64Array,
  {
    read: (data, offset) => data.getFloat64(offset, LITTLE_ENDIAN),
    write: (data, offset, value) =>
      data.setFloat64(offset, value, LITTLE_ENDIAN),
  },
);
