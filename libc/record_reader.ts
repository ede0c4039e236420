import { checkInteger } from "./argument.ts";
import { PREFIX_SIZE, RecordBatch } from "./record_batch.ts";
import type { Starts } from "./record_batch.ts";
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

/** Of a batch, for how many offsets of records there is room at least. */
const FEWEST_STARTS = 16;

/**
 * Room for the beginning of a record before what is read at once, so that a
 * read is not cut short by it: what it left in a pipe would occupy a page.
 */
const SLACK = 4096;

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
  #view: DataView;
  /** Views of `#bytes` that were handed out, for later batches. */
  #views: Uint8Array<ArrayBuffer>[] = [];
  #start = 0;
  #end = 0;
  #isOver = false;
  /** For how many offsets of records there is room at first. */
  #usualCount = FEWEST_STARTS;
  /** Whether records in `#bytes` may be kept by somebody. */
  #isKept = false;

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
    this.#bytes = new Uint8Array(this.#bufferSize + SLACK);
    this.#view = new DataView(this.#bytes.buffer);
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
      const views = options.own === true ? undefined : this.#views;
      const batch = this.#parse(views);
      if (batch.length > 0) {
        this.#isKept ||= options.own === true;
        yield batch;
      }
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
  [Symbol.asyncIterator](): AsyncIterableIterator<Uint8Array<ArrayBuffer>> {
    return new OneByOne(this.batches({ own: true }), (batch, index) => {
      // Those that were read and not taken are for whoever reads next.
      const prefix = this.#size > 0 ? 0 : PREFIX_SIZE;
      this.#start = batch.start(index) - prefix;
    });
  }

  /** Finds the records that are there as a whole. */
  #parse(views: Uint8Array<ArrayBuffer>[] | undefined): RecordBatch {
    const start = this.#start;
    if (this.#size > 0) {
      const count = Math.floor((this.#end - start) / this.#size);
      this.#start += count * this.#size;
      return new RecordBatch(this.#bytes, start, count, this.#size, views);
    }
    return this.#parsePrefixed(views);
  }

  #parsePrefixed(views: Uint8Array<ArrayBuffer>[] | undefined): RecordBatch {
    const end = this.#end;
    const view = this.#view;
    const maxSize = this.#maxSize;
    let starts = new Int32Array(this.#usualCount);
    let length = 0;
    let at = this.#start;
    while (end - at >= PREFIX_SIZE) {
      const size = view.getUint32(at, true);
      if (size > maxSize) {
        throw new RangeError(
          `Cannot read a record of ${size} bytes: maxSize is ${maxSize}`,
        );
      }
      const start = at + PREFIX_SIZE;
      if (end - start < size) break;
      if (length + 1 === starts.length) starts = grown(starts);
      starts[length++] = start;
      at = start + size;
    }
    starts[length] = at + PREFIX_SIZE;
    this.#start = at;
    this.#usualCount = Math.max(FEWEST_STARTS, length + (length >> 3) + 2);
    return new RecordBatch(this.#bytes, 0, length, starts, views);
  }

  /** Moves an incomplete record to the front, where the rest will fit. */
  #makeRoom(own: boolean): void {
    const rest = this.#bytes.subarray(this.#start, this.#end);
    const needed = this.#size || this.#neededFor(rest);
    const size = Math.max(this.#bufferSize, needed);
    // What comes next must not overwrite what is kept, and fits behind it.
    const room = this.#bytes.byteLength - this.#start;
    if (own && room >= Math.max(size / 2, needed)) return;
    if (own || this.#isKept || size > this.#bytes.byteLength) {
      this.#bytes = new Uint8Array(size + SLACK);
      this.#view = new DataView(this.#bytes.buffer);
      this.#views = [];
      this.#bytes.set(rest);
      this.#isKept = false;
    } else if (rest.byteLength > 0) {
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

function grown(starts: Starts): Starts {
  const more = new Int32Array(2 * starts.length);
  more.set(starts);
  return more;
}

type Batches = AsyncGenerator<RecordBatch, void, void>;
type Result = IteratorResult<Uint8Array<ArrayBuffer>, undefined>;

/**
 * Records out of batches. A generator would do the same in twice the time: it
 * waits for each record, although most of them are there.
 */
class OneByOne implements AsyncIterableIterator<Uint8Array<ArrayBuffer>> {
  readonly #batches: Batches;
  readonly #putBack: (batch: RecordBatch, index: number) => void;
  #batch: RecordBatch | undefined;
  #index = 0;
  /** Calls are served in order, as those of a generator are. */
  #last: Promise<Result> | undefined;

  constructor(
    batches: Batches,
    putBack: (batch: RecordBatch, index: number) => void,
  ) {
    this.#batches = batches;
    this.#putBack = putBack;
  }

  next(): Promise<Result> {
    if (this.#last === undefined) {
      const record = this.#batch?.at(this.#index);
      if (record !== undefined) {
        this.#index++;
        return Promise.resolve({ value: record, done: false });
      }
    }
    const result = this.#nextBatch(this.#last);
    this.#last = result;
    const over = () => {
      if (this.#last === result) this.#last = undefined;
    };
    result.then(over, over);
    return result;
  }

  async #nextBatch(before: Promise<Result> | undefined): Promise<Result> {
    await before?.catch(() => {});
    for (;;) {
      const record = this.#batch?.at(this.#index);
      if (record !== undefined) {
        this.#index++;
        return { value: record, done: false };
      }
      const { value, done } = await this.#batches.next();
      if (done) return { value: undefined, done: true };
      this.#batch = value;
      this.#index = 0;
    }
  }

  async return(): Promise<Result> {
    const batch = this.#batch;
    if (batch !== undefined && this.#index < batch.length) {
      this.#putBack(batch, this.#index);
    }
    this.#batch = undefined;
    await this.#batches.return();
    return { value: undefined, done: true };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
