import { checkInteger } from "@ipc/libc/argument";
import type { Memory, ValueType } from "./field_type.ts";

/** An array in memory of booleans or strings. */
export class ValueArray<Value> implements Iterable<Value> {
  /** How many elements there are. */
  readonly length: number;
  readonly #type: ValueType<Value>;
  readonly #data: DataView;

  /** @ignore */
  constructor(
    type: ValueType<Value>,
    buffer: Memory,
    byteOffset: number,
    length: number,
  ) {
    this.#type = type;
    this.#data = new DataView(buffer, byteOffset, type.byteLength * length);
    this.length = length;
  }

  /**
   * Reads an element.
   *
   * @param index Which, from 0.
   * @returns Its value.
   * @throws {TypeError} If the index is not a number, or the memory is closed.
   * @throws {RangeError} If there is no such element.
   */
  get(index: number): Value {
    return this.#type.codec.read(this.#data, this.#offset(index));
  }

  /**
   * Assigns an element.
   *
   * @param index Which, from 0.
   * @param value Its value.
   * @throws {TypeError} If the index is not a number, or the memory is closed.
   * @throws {RangeError} If there is no such element.
   */
  set(index: number, value: Value): void {
    this.#type.codec.write(this.#data, this.#offset(index), value);
  }

  /** The values of all elements, one after the other. */
  *[Symbol.iterator](): IterableIterator<Value> {
    for (let index = 0; index < this.length; index++) yield this.get(index);
  }

  #offset(index: number): number {
    checkInteger(index, "index", 0, this.length - 1);
    return index * this.#type.byteLength;
  }
}
