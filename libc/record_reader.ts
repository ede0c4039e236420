import { checkInteger } from "./argument.ts";
import { RecordBatch } from "./record_batch.ts";
import type { WaitOptions } from "./wait_queue.ts";

/** Anything that bytes can be read from, a `Deno.Conn` too. */
export interface ByteSource {
  /** Reads bytes, at least one; `null` at the end. */
  read(p: Uint8Array, options?: WaitOptions): Promise<number | null>;
  /** Reads bytes that are there now; `undefined` if there are none. */
  tryRead?(p: Uint8Array): number | null | undefined;
}

/** How records stand in a stream of bytes. */
export interface RecordOptions {
  /**
   * The size of every record, in bytes. Without it, each is preceded by its
   * size as a 32-bit number, little-endian.
   *
   * @default {undefined}
   */
  size?: number;
  /**
   * The largest record, in bytes. What claims to be larger is refused before
   * any memory is set aside for it.
   *
   * @default {1048576}
   */
  maxSize?: number;
  /**
   * How many bytes are read or written at once.
   *
   * @default {65536}
   */
  bufferSize?: number;
}

/** Options of {@linkcode RecordReader.batches}. */
export interface BatchOptions extends WaitOptions {
  /**
   * Reads each batch into memory of its own, so that its records can be kept.
   * Otherwise they are valid until the next batch, which is faster.
   *
   * @default {false}
   */
  own?: boolean;
}

/** The bytes of a size before a record. */
export const PREFIX_SIZE = 4;

/**
 * Checks how records stand in a stream.
 *
 * @param options What a caller passed.
 * @returns The same, with what was left out; a size of 0 means a prefix.
 */
export function checkRecordOptions(
  options: RecordOptions,
): { size: number; maxSize: number; bufferSize: number } {
  const { size, bufferSize = 65_536, maxSize = size ?? 1_048_576 } = options;
  if (size !== undefined) checkInteger(size, "size", 1, 2 ** 30);
  checkInteger(maxSize, "maxSize", size ?? 1, 2 ** 30);
  checkInteger(bufferSize, "bufferSize", 1, 2 ** 30);
  return { size: size ?? 0, maxSize, bufferSize };
}

/**
 * Reads records from a stream of bytes, many at once: one call of the system
 * brings as many as there are.
 *
 * It is for small records; for large ones read the stream. The other side is
 * a {@linkcode RecordWriter}, or anything that writes the same bytes.
 *
 * @example Usage
 * ```ts
 * import { pipe, RecordReader, RecordWriter } from "@ipc/pipe";
 * import { assertEquals } from "@std/assert";
 *
 * const { reader, writer } = pipe();
 * const out = new RecordWriter(writer, { size: 8 });
 * for (const number of [1, 2, 3]) {
 *   await out.write(new Uint8Array(Float64Array.of(number).buffer));
 * }
 * await out.flush();
 * writer.close();
 *
 * let sum = 0;
 * for await (const batch of new RecordReader(reader, { size: 8 }).batches()) {
 *   for (const record of batch) sum += new DataView(
 *     record.buffer,
 *     record.byteOffset,
 *   ).getFloat64(0, true);
 * }
 * assertEquals(sum, 6);
 * reader.close();
 * ```
 */
export class RecordReader {
  readonly #source: ByteSource;
  readonly #size: number;
  readonly #maxSize: number;
  readonly #bufferSize: number;
  #bytes: Uint8Array<ArrayBuffer>;
  #start = 0;
  #end = 0;
  #isOver = false;

  /**
   * Reads from a stream, which stays the caller's to close.
   *
   * @param source The stream.
   * @param options How records stand in it.
   */
  constructor(source: ByteSource, options: RecordOptions = {}) {
    const { size, maxSize, bufferSize } = checkRecordOptions(options);
    this.#source = source;
    this.#size = size;
    this.#maxSize = maxSize;
    this.#bufferSize = Math.max(bufferSize, (size || PREFIX_SIZE) * 2);
    this.#bytes = new Uint8Array(this.#bufferSize);
  }

  /**
   * The records as they come, in batches. It reads ahead only within a batch.
   *
   * @param options Whether to keep them, and when to give up; a wait that is
   * given up loses nothing.
   * @returns The batches, until the end of the stream.
   * @throws {Deno.errors.UnexpectedEof} If the stream ends inside a record.
   * @throws {RangeError} If a record claims to be larger than `maxSize`.
   */
  async *batches(
    options: BatchOptions = {},
  ): AsyncGenerator<RecordBatch, void, void> {
    for (;;) {
      const batch = this.#parse();
      if (batch.length > 0) yield batch;
      if (this.#isOver) return;
      this.#makeRoom(options.own === true);
      // What is there is read without giving the event loop a turn.
      const target = this.#bytes.subarray(this.#end);
      const count = this.#source.tryRead?.(target) ??
        await this.#source.read(target, options);
      if (count === null) this.#finish();
      else this.#end += count;
    }
  }

  /**
   * The records one by one, each valid for good.
   *
   * @returns The records, until the end of the stream.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<
    Uint8Array<ArrayBuffer>,
    void,
    void
  > {
    for await (const batch of this.batches({ own: true })) yield* batch;
  }

  /** Finds the records that are there as a whole. */
  #parse(): RecordBatch {
    const start = this.#start;
    if (this.#size > 0) {
      const count = Math.floor((this.#end - start) / this.#size);
      this.#start += count * this.#size;
      return new RecordBatch(this.#bytes, start, count, this.#size);
    }
    return this.#parsePrefixed();
  }

  #parsePrefixed(): RecordBatch {
    const bytes = this.#bytes;
    const end = this.#end;
    const bounds: number[] = [];
    let at = this.#start;
    while (end - at >= PREFIX_SIZE) {
      const size = (bytes[at]! | bytes[at + 1]! << 8 | bytes[at + 2]! << 16 |
        bytes[at + 3]! << 24) >>> 0;
      if (size > this.#maxSize) {
        throw new RangeError(
          `Cannot read a record of ${size} bytes: maxSize is ${this.#maxSize}`,
        );
      }
      if (end - at - PREFIX_SIZE < size) break;
      bounds.push(at + PREFIX_SIZE, at + PREFIX_SIZE + size);
      at += PREFIX_SIZE + size;
    }
    const batch = new RecordBatch(bytes, 0, bounds.length / 2, bounds);
    this.#start = at;
    return batch;
  }

  /** Moves an incomplete record to the front, where the rest will fit. */
  #makeRoom(own: boolean): void {
    const rest = this.#bytes.subarray(this.#start, this.#end);
    const needed = this.#size || this.#neededFor(rest);
    const size = Math.max(this.#bufferSize, needed);
    if (own || size > this.#bytes.byteLength) {
      this.#bytes = new Uint8Array(size);
      this.#bytes.set(rest);
    } else {
      this.#bytes.copyWithin(0, this.#start, this.#end);
    }
    this.#start = 0;
    this.#end = rest.byteLength;
  }

  #neededFor(rest: Uint8Array<ArrayBuffer>): number {
    if (rest.byteLength < PREFIX_SIZE) return PREFIX_SIZE;
    return PREFIX_SIZE +
      new DataView(rest.buffer, rest.byteOffset).getUint32(0, true);
  }

  #finish(): void {
    this.#isOver = true;
    const rest = this.#end - this.#start;
    if (rest > 0) {
      throw new Deno.errors.UnexpectedEof(
        `Cannot read a record: the stream ends after ${rest} bytes of it`,
      );
    }
  }
}
