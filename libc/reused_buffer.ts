/** Longer messages are copied by `set`, shorter ones by 64 bits at a time. */
const SHORT = 256;

/**
 * A buffer that carries one message after the other, as 64-bit words: a short
 * message is copied word by word in a quarter of the time that `set` takes, and
 * to look up the memory behind a buffer takes longer than to copy.
 */
export class ReusedBuffer {
  #last: Uint8Array | undefined;
  #buffer: Uint8Array | undefined;
  #longs: BigInt64Array = new BigInt64Array(0);

  /** The one whose words are known. It is the last one, or used to be. */
  get buffer(): Uint8Array | undefined {
    return this.#buffer;
  }

  /** All its whole words. */
  get longs(): BigInt64Array {
    return this.#longs;
  }

  /**
   * The words of a buffer that was used the time before, too.
   *
   * @param buffer The buffer.
   * @param length The length of the message.
   * @returns All its whole words; `undefined` if it is another one, or has no
   * words, or if the message is too long to be copied by them.
   */
  longsOf(buffer: Uint8Array, length: number): BigInt64Array | undefined {
    if (length > SHORT) return undefined;
    return buffer === this.#buffer ? this.#longs : this.#meet(buffer);
  }

  #meet(buffer: Uint8Array): BigInt64Array | undefined {
    const isSecond = buffer === this.#last;
    this.#last = buffer;
    if (!isSecond || (buffer.byteOffset & 7) !== 0) return undefined;
    const memory = buffer.buffer;
    // Where the size changes, one view may have another length than the other.
    if (isResizable(memory)) return undefined;
    this.#buffer = buffer;
    const count = buffer.length >> 3;
    return this.#longs = new BigInt64Array(memory, buffer.byteOffset, count);
  }
}

function isResizable(memory: ArrayBufferLike): boolean {
  return memory instanceof ArrayBuffer ? memory.resizable : memory.growable;
}
