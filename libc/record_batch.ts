/** The bytes of a size before a record. */
export const PREFIX_SIZE = 4;

/** How many views are handed out again in later batches at most. */
const MOST_VIEWS = 4096;

/** Where each record begins, and where one after the last would. */
export type Starts = Int32Array<ArrayBuffer>;

const noStarts: Starts = new Int32Array(0);

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
  readonly #starts: Starts;
  /** Those of earlier batches, which mostly are where the new ones are. */
  readonly #views: Uint8Array<ArrayBuffer>[] | undefined;

  /**
   * Use {@linkcode RecordReader.batches}.
   *
   * @ignore
   */
  constructor(
    bytes: Uint8Array<ArrayBuffer>,
    start: number,
    length: number,
    size: number | Starts,
    views?: Uint8Array<ArrayBuffer>[],
  ) {
    this.bytes = bytes;
    this.length = length;
    this.#buffer = bytes.buffer;
    this.#offset = bytes.byteOffset;
    this.#start = start;
    this.#size = typeof size === "number" ? size : 0;
    this.#starts = typeof size === "number" ? noStarts : size;
    this.#views = views;
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
   * A record, without a copy. A batch that cannot be kept may hand out the
   * array of an earlier batch again.
   *
   * @param index Which record, from 0.
   * @returns Its bytes, or `undefined` if there is none of that number.
   */
  at(index: number): Uint8Array<ArrayBuffer> | undefined {
    if (index >>> 0 !== index || index >= this.length) return undefined;
    const start = this.start(index);
    const size = this.end(index) - start;
    const offset = this.#offset + start;
    // To make a view takes longer than everything else that a record does.
    const views = this.#views;
    if (views !== undefined && index < views.length) {
      const view = views[index]!;
      if (view.byteOffset === offset && view.byteLength === size) return view;
    }
    return this.#makeView(index, offset, size);
  }

  #makeView(
    index: number,
    offset: number,
    size: number,
  ): Uint8Array<ArrayBuffer> {
    // The same by `subarray` takes half as long again.
    const view = new Uint8Array(this.#buffer, offset, size);
    const views = this.#views;
    if (views !== undefined && index <= views.length && index < MOST_VIEWS) {
      views[index] = view;
    }
    return view;
  }

  /** The records, without a copy. */
  *[Symbol.iterator](): Generator<Uint8Array<ArrayBuffer>, void, void> {
    for (let index = 0; index < this.length; index++) yield this.at(index)!;
  }
}
