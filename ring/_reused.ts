/** Longer messages are copied by `set`, shorter ones word by word. */
export const SHORT = 256;

/**
 * A buffer that carries one message after the other, as words: a short message
 * is copied word by word in half of the time that `set` takes, and to look up
 * the memory behind a buffer takes longer than to copy.
 */
export class ReusedBuffer {
  #last: Uint8Array | undefined;
  #buffer: Uint8Array | undefined;
  #words: Int32Array = new Int32Array(0);

  /**
   * The words of a buffer that was used the time before, too.
   *
   * @param buffer The buffer.
   * @returns All its whole words; `undefined` if it is another one, or has no
   * words.
   */
  wordsOf(buffer: Uint8Array): Int32Array | undefined {
    return buffer === this.#buffer ? this.#words : this.#meet(buffer);
  }

  #meet(buffer: Uint8Array): Int32Array | undefined {
    const isSecond = buffer === this.#last;
    this.#last = buffer;
    if (!isSecond || (buffer.byteOffset & 3) !== 0) return undefined;
    const memory = buffer.buffer as ArrayBuffer;
    // A view of memory that shrinks may not be as long as the one of bytes.
    if (memory.resizable) return undefined;
    this.#buffer = buffer;
    const count = buffer.length >> 2;
    return this.#words = new Int32Array(memory, buffer.byteOffset, count);
  }
}
