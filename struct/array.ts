import { checkInteger } from "@ipc/libc/argument";
import { FieldType, type Memory, ValueType, ViewType } from "./field_type.ts";
import { NumberType } from "./number_type.ts";
import { ValueArray } from "./value_array.ts";
import { ViewArray } from "./view_array.ts";

/** The view of an array of a type. */
export type ArrayOf<Type> = Type extends NumberType<infer _, infer Items>
  ? Items
  : Type extends ViewType<infer View> ? ViewArray<View>
  : Type extends ValueType<infer Value> ? ValueArray<Value>
  : never;

/**
 * Several of one type, one behind the other: `type name[length]` in C.
 *
 * Of numbers it is a typed array of the memory itself. Of structs, arrays,
 * bytes and atomic numbers it is a {@linkcode ViewArray}, of booleans and
 * strings, whose elements are assigned, a {@linkcode ValueArray}.
 *
 * @param type The type of an element.
 * @param length How many.
 * @returns The type, which has a `view` of its own, as that of a struct does.
 * @throws {TypeError} If it is no type, or the length is not a number.
 * @throws {RangeError} If the length is not a whole number from 1.
 *
 * @example Usage
 * ```ts
 * import { array, f32, struct, u32 } from "@ipc/struct";
 * import { assertEquals } from "@std/assert";
 *
 * const Sample = struct({ time: u32, values: array(f32, 3) });
 * const samples = array(Sample, 100).view(new ArrayBuffer(1600));
 * samples.get(7).values.set([1, 2, 3]);
 * assertEquals([...samples.get(7).values], [1, 2, 3]);
 * ```
 */
export function array<Type extends FieldType>(
  type: Type,
  length: number,
): ViewType<ArrayOf<Type>> {
  if (!(type instanceof FieldType)) {
    throw new TypeError(
      `Cannot make an array: expected a type, got ${typeof type}`,
    );
  }
  checkInteger(length, "length", 1);
  const { alignment, codec } = type;
  return new ViewType({
    byteLength: type.byteLength * length,
    alignment,
    // Typed arrays have to be aligned.
    accessAlignment: type instanceof NumberType
      ? alignment
      : codec.accessAlignment,
    show: (buffer, byteOffset) =>
      show(type, buffer, byteOffset, length) as ArrayOf<Type>,
    declare: (declarator) => codec.declare(`${declarator}[${length}]`),
  });
}

function show(
  type: FieldType,
  buffer: Memory,
  byteOffset: number,
  length: number,
): unknown {
  if (type instanceof NumberType) {
    return new type.Items(buffer, byteOffset, length);
  }
  return type instanceof ValueType
    ? new ValueArray(type, buffer, byteOffset, length)
    : new ViewArray(type as ViewType<unknown>, buffer, byteOffset, length);
}
