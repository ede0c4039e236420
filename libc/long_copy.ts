/** Copying long messages out of memory that another process writes. */

import { monotonicNow } from "./time.ts";

/** Shorter messages are copied whole: in them, it makes no difference. */
const LONG = 16_384;
/** So are those as long as this: C has no use for the instruction there. */
const LONGER = 2 ** 20;
/** The size of a piece, in bytes: C copies more by another instruction. */
const PIECE = 2048;
/** Memory that is larger than this is in no cache, in bytes. */
const LARGEST = 2 ** 24;
/** How often as much as there is memory is copied before it is judged. */
const ROUNDS = 4;
/** What is left, each time, of what the way that is not taken had cost. */
const FORGET = 0.994;

/**
 * Copies long messages out of memory that another process writes, whole or in
 * pieces, and learns which is faster.
 *
 * C copies what is long by one instruction, `rep movsb` on x86-64, and by many
 * what is short, or longer than the second-level cache. The instruction is the
 * faster one, but how the reader copies decides how fast the writer can write
 * there again: where the two cores share a cache, it may take three times as
 * long after `rep movsb`; where they share none, it may be the other way round.
 * Nothing tells but the time that both take together, which is from one message
 * to the next.
 */
export class LongCopy {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #clock: () => number;
  readonly #span: number;
  #pieces: Uint8Array<ArrayBuffer>[] = [];
  #inPieces = false;
  /** What a byte has cost the way that is taken, when measured last. */
  #last = 0;
  /** What one had cost the other way, less what is forgotten; 0: unknown. */
  #other = 0;
  /** How many bytes were copied since when; at first nothing was measured. */
  #copied = Infinity;
  #since = 0;

  /**
   * Begins without experience.
   *
   * @param bytes The memory.
   * @param clock The time, in milliseconds.
   */
  constructor(bytes: Uint8Array<ArrayBuffer>, clock = monotonicNow) {
    this.#bytes = bytes;
    this.#clock = clock;
    this.#span = ROUNDS * bytes.length;
  }

  /**
   * Copies a message.
   *
   * @param target Where to: to the beginning of this.
   * @param start At which byte of the memory it begins.
   * @param length How many bytes it has.
   */
  copy(target: Uint8Array, start: number, length: number): void {
    const isLong = length >= LONG && length < LONGER;
    if (isLong && this.#bytes.length <= LARGEST) {
      if (this.#copied >= this.#span) this.#learn();
      this.#copied += length;
      if (this.#inPieces) return this.#copyPieces(target, start, length);
    }
    target.set(this.#bytes.subarray(start, start + length));
  }

  /** Takes the way that has cost less, and now and then the other one. */
  #learn(): void {
    const now = this.#clock();
    const before = this.#last;
    this.#last = (now - this.#since) / this.#copied;
    this.#since = now;
    this.#copied = 0;
    this.#other *= FORGET;
    // The better of two: one may have had to wait for something else.
    const cost = Math.min(before, this.#last);
    if (cost <= this.#other) return;
    this.#inPieces = !this.#inPieces;
    // However slow it was, it is tried again before long.
    this.#other = Math.min(cost, 2 * this.#other || Infinity);
    this.#last = Infinity;
  }

  /** The pieces are cut once: to cut one takes longer than to copy it. */
  #copyPieces(target: Uint8Array, start: number, length: number): void {
    if (this.#pieces.length === 0) this.#cut();
    const bytes = this.#bytes;
    let index = Math.ceil(start / PIECE);
    let done = index * PIECE - start;
    target.set(bytes.subarray(start, start + done));
    for (; done + PIECE <= length; done += PIECE) {
      target.set(this.#pieces[index++]!, done);
    }
    target.set(bytes.subarray(start + done, start + length), done);
  }

  #cut(): void {
    for (let at = 0; at < this.#bytes.length; at += PIECE) {
      this.#pieces.push(this.#bytes.subarray(at, at + PIECE));
    }
  }
}
