/**
 * Structs of C in memory: name the fields once, and read and write them in
 * place.
 *
 * Shared memory is bytes; this says what they mean, to TypeScript and, with
 * {@linkcode Struct.toC}, to programs in C. Fields lie where a C compiler puts
 * them, so that both see the same. To send data through a pipe, a socket or a
 * queue once, serialise it instead.
 *
 * Requires no permission, and works on every system.
 *
 * ```ts
 * import { atomic, chars, f64, struct, u32 } from "@ipc/struct";
 *
 * const State = struct({ users: atomic(u32), load: f64, host: chars(64) });
 *
 * const state = State.view(new ArrayBuffer(State.byteLength));
 * state.users.add(1);
 * state.load = 0.25;
 * state.host = "alpha";
 * ```
 *
 * @module
 */

export { array } from "./array.ts";
export type { ArrayOf } from "./array.ts";
export { Atomic, atomic } from "./atomic.ts";
export { bool } from "./bool.ts";
export { bytes } from "./bytes.ts";
export { chars } from "./chars.ts";
export { FieldType, ValueType, ViewType } from "./field_type.ts";
export type {
  FieldCodec,
  Memory,
  ValueCodec,
  ViewCodec,
} from "./field_type.ts";
export { IntegerType, NumberType } from "./number_type.ts";
export type { ItemsConstructor } from "./number_type.ts";
export { f32, f64, i16, i32, i64, i8, u16, u32, u64, u8 } from "./numbers.ts";
export { Struct, struct } from "./struct.ts";
export type { StructOptions } from "./struct.ts";
export type {
  FieldValue,
  StructFields,
  StructView,
  ValueNames,
} from "./struct_view.ts";
export { ValueArray } from "./value_array.ts";
export { ViewArray } from "./view_array.ts";
