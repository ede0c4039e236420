/** Memory for messages that are handed out for good. */

/** How many bytes are set aside at once. */
const SLAB_SIZE = 65_536;
/** Longer messages get memory of their own. */
const LONGEST = 4096;
/** Up to here, copying numbers is faster than `set`. */
const SHORT = 256;

/**
 * Copies messages into memory that is set aside for many of them: a small
 * allocation for each costs more than receiving it.
 */
export class Slab {
  #buffer = new ArrayBuffer(0);
  #bytes = new Uint8Array(0);
  /** The same memory. */
  #longs = new BigInt64Array(0);
  /** Where the next message goes, at a multiple of 8 bytes. */
  #at = 0;

  /**
   * Copies bytes.
   *
   * @param source Where they are.
   * @param longs The same memory, which has as many bytes as whole numbers.
   * @param size How many bytes there are.
   * @param start At which byte they begin, a multiple of 8.
   * @returns The copy, which belongs to the caller.
   */
  copy(
    source: Uint8Array<ArrayBuffer>,
    longs: BigInt64Array<ArrayBuffer>,
    size: number,
    start = 0,
  ): Uint8Array<ArrayBuffer> {
    if (size > LONGEST) return source.slice(start, start + size);
    // Whoever transferred an earlier message has taken the memory away.
    if (this.#at + size >= this.#bytes.length) this.#renew();
    const at = this.#at;
    if (size <= SHORT) {
      const target = this.#longs;
      const first = at >> 3;
      const from = start >> 3;
      const count = (size + 7) >> 3;
      for (let i = 0; i < count; i++) target[first + i] = longs[from + i]!;
    } else {
      this.#bytes.set(source.subarray(start, start + size), at);
    }
    this.#at = (at + size + 7) & ~7;
    return new Uint8Array(this.#buffer, at, size);
  }

  #renew(): void {
    this.#buffer = new ArrayBuffer(SLAB_SIZE);
    this.#bytes = new Uint8Array(this.#buffer);
    this.#longs = new BigInt64Array(this.#buffer);
    this.#at = 0;
  }
}
