import { FieldType } from "./field_type.ts";

/** Where a struct and its fields lie. */
interface Layout<Name extends PropertyKey> {
  readonly offsets: Record<Name, number>;
  readonly byteLength: number;
  readonly alignment: number;
  readonly accessAlignment: number;
}

/**
 * Lays fields out as the System V and Apple ABIs do, on x86-64 and arm64:
 * each at the next multiple of its alignment, in a struct that has the
 * greatest of them, and whose size is a multiple of it.
 *
 * @param fields The fields.
 * @param packed Whether all alignments are 1.
 * @returns The layout.
 */
export function layOut<Fields extends Record<string, FieldType>>(
  fields: Fields,
  packed: boolean,
): Layout<keyof Fields> {
  const offsets: [string, number][] = [];
  let end = 0;
  let alignment = 1;
  let accessAlignment = 1;
  for (const [name, field] of Object.entries(fields)) {
    checkField(name, field, packed);
    const own = packed ? 1 : field.alignment;
    const offset = roundUp(end, own);
    offsets.push([name, offset]);
    end = offset + field.byteLength;
    alignment = Math.max(alignment, own);
    accessAlignment = Math.max(accessAlignment, field.codec.accessAlignment);
  }
  return {
    offsets: Object.fromEntries(offsets) as Record<keyof Fields, number>,
    byteLength: roundUp(end, alignment),
    alignment,
    accessAlignment,
  };
}

function roundUp(offset: number, alignment: number): number {
  return Math.ceil(offset / alignment) * alignment;
}

/**
 * Checks that something can be the fields of a struct.
 *
 * @param fields The object.
 * @throws {TypeError} If it is no object, has a prototype, or has no fields.
 */
export function checkFields(fields: Readonly<Record<string, unknown>>): void {
  if (typeof fields !== "object" || fields === null) {
    throw new TypeError(
      `Cannot make a struct: expected its fields, got ${typeof fields}`,
    );
  }
  // In `{ __proto__: u32 }` it is no field; in `{ ["__proto__"]: u32 }` it is.
  const prototype = Object.getPrototypeOf(fields);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new TypeError(
      'Cannot make a struct of an object with a prototype: write ["__proto__"] ' +
        "if it is a field",
    );
  }
  if (Object.keys(fields).length === 0) {
    throw new TypeError("Cannot make a struct without fields: C has none");
  }
}

function checkField(name: string, field: unknown, packed: boolean): void {
  // What looks like an index would also move to the front of the object.
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    throw new TypeError(
      `Cannot use ${JSON.stringify(name)} as a field: it is no name in C`,
    );
  }
  if (!(field instanceof FieldType)) {
    throw new TypeError(
      `Cannot use field ${name}: expected a type, got ${typeof field}`,
    );
  }
  if (packed && field.codec.accessAlignment > 1) {
    throw new TypeError(
      `Cannot pack field ${name}: atomic numbers and arrays of numbers have ` +
        "to be aligned; pack each element of an array in a struct of its own",
    );
  }
}
