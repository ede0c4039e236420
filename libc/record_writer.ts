import { checkBytes } from "./bytes.ts";
import { PREFIX_SIZE } from "./record_batch.ts";
import { checkRecordOptions } from "./record_reader.ts";
import type { RecordOptions } from "./record_reader.ts";
import { ReusedBuffer } from "./reused_buffer.ts";
import type { WaitOptions } from "./wait_queue.ts";

/** Anything that bytes can be written to, a `Deno.Conn` too. */
export interface ByteSink {
  /** Writes bytes, at least one. */
  write(p: Uint8Array, options?: WaitOptions): Promise<number>;
  /** Writes bytes for which there is room now; `undefined` if there is none. */
  tryWrite?(p: Uint8Array): number | undefined;
}

/**
 * Writes records into a stream of bytes, many at once: they are collected,
 * and written when the buffer is full or the program waits for something.
 *
 * @example Usage
 * ```ts
 * import { pipe, RecordReader, RecordWriter } from "@ipc/pipe";
 * import { assertEquals } from "@std/assert";
 *
 * const { reader, writer } = pipe();
 * const out = new RecordWriter(writer);
 * const record = new TextEncoder().encode("one");
 * if (!out.tryWrite(record)) await out.write(record); // the fast way
 * await out.flush();
 * writer.close();
 *
 * const texts: string[] = [];
 * for await (const record of new RecordReader(reader)) {
 *   texts.push(new TextDecoder().decode(record));
 * }
 * assertEquals(texts, ["one"]);
 * reader.close();
 * ```
 */
export class RecordWriter {
  readonly #sink: ByteSink;
  readonly #size: number;
  readonly #maxSize: number;
  #bytes: Uint8Array<ArrayBuffer>;
  /** The same memory as `#bytes`. */
  #view: DataView;
  #longs: BigInt64Array;
  readonly #source = new ReusedBuffer();
  /** What has to be written is from the first of these to the second. */
  #start = 0;
  #end = 0;
  #isScheduled = false;
  #flushing: Promise<void> | undefined;
  #failure: unknown;

  /**
   * Writes to a stream, which stays the caller's to close, after `flush`.
   *
   * @param sink The stream.
   * @param options How records stand in it.
   */
  constructor(sink: ByteSink, options: RecordOptions = {}) {
    const { size, maxSize, bufferSize } = checkRecordOptions(options);
    this.#sink = sink;
    this.#size = size;
    this.#maxSize = maxSize;
    this.#bytes = new Uint8Array(Math.max(bufferSize, size));
    this.#view = new DataView(this.#bytes.buffer);
    this.#longs = longsIn(this.#bytes.buffer);
  }

  /**
   * Writes a record if there is room for it in the buffer, or there is once
   * the stream has taken what it can.
   *
   * @param record The bytes, which are copied.
   * @returns Whether there was room; if not, nothing of it was taken.
   * @throws {RangeError} If it is larger than `maxSize`, or not of `size`.
   * @throws {unknown} What writing earlier records failed with.
   */
  tryWrite(record: Uint8Array): boolean {
    const length = record.byteLength;
    const size = this.#size;
    if (size > 0 ? length !== size : !(length <= this.#maxSize)) {
      this.#refuse(record);
    }
    if (this.#failure !== undefined) throw this.#failure;
    const needed = size > 0 ? length : PREFIX_SIZE + length;
    if (this.#bytes.byteLength - this.#end < needed) {
      if (!this.#makeRoom(needed)) return false;
    }
    let at = this.#end;
    if (size === 0) {
      this.#view.setUint32(at, length, true);
      at += PREFIX_SIZE;
    }
    const source = this.#source;
    if (record === source.buffer && (at & 7) === 0) {
      const from = source.longs;
      const longs = this.#longs;
      const to = at >> 3;
      const whole = length >> 3;
      for (let i = 0; i < whole; i++) longs[to + i] = from[i]!;
      for (let i = whole << 3; i < length; i++) {
        this.#bytes[at + i] = record[i]!;
      }
    } else {
      this.#bytes.set(record, at);
      source.longsOf(record, length);
    }
    this.#end = at + length;
    if (!this.#isScheduled) this.#schedule();
    return true;
  }

  /**
   * Writes a record, and waits until there is room for it in the buffer.
   *
   * @param record The bytes, which are copied.
   * @param options When to give up.
   * @throws {RangeError} If it is larger than `maxSize`, or not of `size`.
   * @throws {Deno.errors.TimedOut} If there is no room in time.
   * @throws {unknown} What writing failed with, or the signal's reason.
   */
  async write(record: Uint8Array, options?: WaitOptions): Promise<void> {
    while (!this.tryWrite(record)) await this.#drain(options);
  }

  /**
   * Waits until everything has been given to the stream.
   *
   * @param options When to give up; what was not written yet stays here.
   * @throws {Deno.errors.TimedOut} If it takes longer.
   * @throws {unknown} What writing failed with, or the signal's reason.
   */
  async flush(options?: WaitOptions): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    while (this.#start < this.#end) await this.#drain(options);
  }

  /** Has everything written that was collected in this turn. */
  #schedule(): void {
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      if (this.#flushing !== undefined) return;
      try {
        this.#push();
        if (this.#start < this.#end) this.#drain().catch(() => {});
      } catch (error) {
        this.#failure = error;
      }
    });
  }

  /** Gives the stream what it takes at once. */
  #push(): void {
    if (this.#sink.tryWrite === undefined) return;
    while (this.#start < this.#end) {
      const rest = this.#bytes.subarray(this.#start, this.#end);
      const count = this.#sink.tryWrite(rest);
      if (count === undefined) return;
      this.#start += count;
    }
    this.#start = this.#end = 0;
  }

  #makeRoom(needed: number): boolean {
    // While a write is under way, its bytes have to stay where they are.
    if (this.#flushing !== undefined) return false;
    this.#push();
    if (this.#start > 0) {
      this.#bytes.copyWithin(0, this.#start, this.#end);
      this.#end -= this.#start;
      this.#start = 0;
    }
    if (needed > this.#bytes.byteLength) this.#grow(needed);
    return this.#bytes.byteLength - this.#end >= needed;
  }

  /** Makes the buffer larger, for a record that would never fit. */
  #grow(needed: number): void {
    const bytes = new Uint8Array(needed);
    bytes.set(this.#bytes.subarray(0, this.#end));
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
    this.#longs = longsIn(bytes.buffer);
  }

  /** Waits for one write, which all who wait share. */
  async #drain(options?: WaitOptions): Promise<void> {
    while (this.#flushing !== undefined) {
      await this.#flushing.catch(() => {});
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#start === this.#end) return;
    }
    const done = Promise.withResolvers<void>();
    this.#flushing = done.promise;
    try {
      const rest = this.#bytes.subarray(this.#start, this.#end);
      this.#start += await this.#sink.write(rest, options);
      if (this.#start === this.#end) this.#start = this.#end = 0;
    } catch (error) {
      // A wait that was given up has written nothing.
      const isGivenUp = options?.signal?.aborted ||
        error instanceof Deno.errors.TimedOut;
      if (!isGivenUp) this.#failure = error;
      throw error;
    } finally {
      this.#flushing = undefined;
      done.resolve();
    }
  }

  #refuse(record: Uint8Array): never {
    checkBytes(record);
    throw new RangeError(
      this.#size > 0
        ? `Cannot write a record of ${record.byteLength} bytes: size is ${this.#size}`
        : `Cannot write a record of ${record.byteLength} bytes: maxSize is ${this.#maxSize}`,
    );
  }
}

/** All the whole words of some memory. */
function longsIn(memory: ArrayBuffer): BigInt64Array {
  return new BigInt64Array(memory, 0, memory.byteLength >> 3);
}
