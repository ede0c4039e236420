import { type Memory, type ValueCodec, ValueType } from "./field_type.ts";

/** A class of typed arrays. */
export interface ItemsConstructor<Items> {
  /** Shows memory as an array. */
  new (buffer: Memory, byteOffset: number, length: number): Items;
  /** The size of an element, in bytes. */
  readonly BYTES_PER_ELEMENT: number;
}

/** The type of a number, with the typed array that holds many of them. */
export class NumberType<Value, Items> extends ValueType<Value> {
  /** @ignore */
  readonly Items: ItemsConstructor<Items>;

  /** @ignore */
  constructor(
    name: string,
    Items: ItemsConstructor<Items>,
    codec: Pick<ValueCodec<Value>, "read" | "write">,
  ) {
    const byteLength = Items.BYTES_PER_ELEMENT;
    super({
      byteLength,
      alignment: byteLength,
      accessAlignment: 1,
      declare: (declarator) => `${name} ${declarator}`,
      ...codec,
    });
    this.Items = Items;
  }
}

/** The type of a whole number, which can be atomic. */
export class IntegerType<Value, Items> extends NumberType<Value, Items> {
  /** Tells it from the type of a float. */
  readonly isInteger: true = true;
}
