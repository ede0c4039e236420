import { ValueType } from "./field_type.ts";

/** A boolean, `bool`: one byte. What is not 0 reads as true. */
export const bool: ValueType<boolean> = new ValueType({
  byteLength: 1,
  alignment: 1,
  accessAlignment: 1,
  read: (data, offset) => data.getUint8(offset) !== 0,
  write: (data, offset, value) => data.setUint8(offset, value ? 1 : 0),
  declare: (declarator) => `bool ${declarator}`,
});
