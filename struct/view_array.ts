import { checkInteger } from "@ipc/libc/argument";
import type { Memory, ViewType } from "./field_type.ts";

/** An array in memory of what has views, such as structs. */
export class ViewArray<View> implements Iterable<View> {
  /** How many elements there are. */
  readonly length: number;
  readonly #type: ViewType<View>;
  readonly #buffer: Memory;
  readonly #byteOffset: number;
  readonly #views: View[] = [];

  /** @ignore */
  constructor(
    type: ViewType<View>,
    buffer: Memory,
    byteOffset: number,
    length: number,
  ) {
    this.#type = type;
    this.#buffer = buffer;
    this.#byteOffset = byteOffset;
    this.length = length;
  }

  /**
   * The view of an element. It is made when it is first asked for, and is then
   * always the same.
   *
   * @param index Which, from 0.
   * @returns The view.
   * @throws {TypeError} If the index is not a number, or the memory is closed.
   * @throws {RangeError} If there is no such element.
   */
  get(index: number): View {
    // What is there needs no check, save that "constructor" is no index.
    const view = typeof index === "number" ? this.#views[index] : undefined;
    return view ?? this.#make(index);
  }

  /** The views of all elements, one after the other. */
  *[Symbol.iterator](): IterableIterator<View> {
    for (let index = 0; index < this.length; index++) yield this.get(index);
  }

  #make(index: number): View {
    checkInteger(index, "index", 0, this.length - 1);
    const { byteLength, codec } = this.#type;
    return this.#views[index] = codec.show(
      this.#buffer,
      this.#byteOffset + index * byteLength,
    );
  }
}
