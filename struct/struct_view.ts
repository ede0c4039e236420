import type { FieldType, ValueType, ViewType } from "./field_type.ts";

/** The fields of a struct, by name, in the order of C. */
export type StructFields = Readonly<Record<string, FieldType>>;

/** What a field of a type gives. */
export type FieldValue<Type> = Type extends ValueType<infer Value> ? Value
  : Type extends ViewType<infer View> ? View
  : never;

/** The names of the fields that are assigned. */
export type ValueNames<Fields extends StructFields> = {
  [Name in keyof Fields]: Fields[Name] extends ValueType<infer _> ? Name
    : never;
}[keyof Fields];

/**
 * The fields of a struct in memory, by name. Numbers, booleans and strings are
 * read and assigned; everything else is a view that is written to.
 */
export type StructView<Fields extends StructFields> =
  & { -readonly [Name in ValueNames<Fields>]: FieldValue<Fields[Name]> }
  & {
    readonly [
      Name in Exclude<keyof Fields, ValueNames<Fields>>
    ]: FieldValue<Fields[Name]>;
  };
