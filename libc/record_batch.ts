/** The bytes of a size before a record. */
export const PREFIX_SIZE = 4;

/** Records that were read at once, in the memory that they were read into. */
export class RecordBatch implements Iterable<Uint8Array<ArrayBuffer>> {
  /** The memory in which the records stand. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** How many records there are. */
  readonly length: number;
  /** What `bytes` is a view of, from where on. */
  readonly #buffer: ArrayBuffer;
  readonly #offset: number;
  readonly #start: number;
  readonly #size: number;
  /** Where each begins, and where one after the last would. */
  readonly #starts: readonly number[];

  /**
   * Use {@linkcode RecordReader.batches}.
   *
   * @ignore
   */
  constructor(
    bytes: Uint8Array<ArrayBuffer>,
    start: number,
    length: number,
    size: number | readonly number[],
  ) {
    this.bytes = bytes;
    this.length = length;
    this.#buffer = bytes.buffer;
    this.#offset = bytes.byteOffset;
    this.#start = start;
    this.#size = typeof size === "number" ? size : 0;
    this.#starts = typeof size === "number" ? [] : size;
  }

  /**
   * Where a record begins in `bytes`.
   *
   * @param index Which record, from 0.
   * @returns The offset in bytes.
   */
  start(index: number): number {
    return this.#size > 0
      ? this.#start + index * this.#size
      : this.#starts[index]!;
  }

  /**
   * Where a record ends in `bytes`.
   *
   * @param index Which record, from 0.
   * @returns The offset after its last byte.
   */
  end(index: number): number {
    return this.#size > 0
      ? this.#start + (index + 1) * this.#size
      : this.#starts[index + 1]! - PREFIX_SIZE;
  }

  /**
   * A record, without a copy.
   *
   * @param index Which record, from 0.
   * @returns Its bytes, or `undefined` if there is none of that number.
   */
  at(index: number): Uint8Array<ArrayBuffer> | undefined {
    if (!(index >= 0 && index < this.length)) return undefined;
    const start = this.start(index);
    // The same by `subarray` takes half as long again.
    return new Uint8Array(
      this.#buffer,
      this.#offset + start,
      this.end(index) - start,
    );
  }

  /** The records, without a copy. */
  *[Symbol.iterator](): Generator<Uint8Array<ArrayBuffer>, void, void> {
    for (let index = 0; index < this.length; index++) yield this.at(index)!;
  }
}
