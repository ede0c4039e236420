/**
 * Messages whose every byte can be checked: a producer's number, the message's
 * number, and words that follow from both. C has the same in `ring_peer.c`.
 */

/** The shortest message, in bytes. */
export const SHORTEST = 8;

/** A number that looks random, from 0 to 2^32 − 1. */
function hash(value: number): number {
  let x = Math.imul(value ^ (value >>> 16), 0x45d9f3b);
  x = Math.imul(x ^ (x >>> 16), 0x45d9f3b);
  return (x ^ (x >>> 16)) >>> 0;
}

/**
 * The length of a message.
 *
 * @param index Its number.
 * @param longest The longest one.
 */
export function lengthOf(index: number, longest: number): number {
  return SHORTEST + hash(index) % (longest - SHORTEST + 1);
}

/** Writes messages. */
export class MessageWriter {
  readonly #words: Int32Array<ArrayBuffer>;
  /** Where messages are written. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly #producer: number;
  readonly #longest: number;

  constructor(producer: number, longest: number) {
    this.#words = new Int32Array(Math.ceil(longest / 4));
    this.bytes = new Uint8Array(this.#words.buffer);
    this.#producer = producer;
    this.#longest = longest;
  }

  /**
   * Writes a message.
   *
   * @param index Its number.
   * @returns Its length.
   */
  write(index: number): number {
    const length = lengthOf(index, this.#longest);
    const words = this.#words;
    words[0] = this.#producer;
    words[1] = index;
    const count = (length + 3) >> 2;
    for (let i = 2; i < count; i++) words[i] = Math.imul(index + i, 0x9e3779b1);
    return length;
  }
}

/** Checks messages of producers: each whole, each once, each in order. */
export class MessageChecker {
  readonly #longest: number;
  /** The number of the next message of each producer. */
  readonly next: number[];
  /** How many messages came. */
  count = 0;

  constructor(longest: number, producers = 1) {
    this.#longest = longest;
    this.next = Array(producers).fill(0);
  }

  /**
   * Checks a message.
   *
   * @param message The message.
   * @param mayMiss Whether messages before it may be missing.
   */
  check(message: Uint8Array, mayMiss = false): void {
    const { buffer, byteOffset, length } = message;
    if (length < SHORTEST || (byteOffset & 3) !== 0) {
      throw new Error(`A message has ${length} bytes at ${byteOffset}`);
    }
    const words = new Int32Array(buffer, byteOffset, length >> 2);
    const producer = words[0]!;
    const index = words[1]!;
    const expected = this.next[producer]!;
    if (mayMiss ? index < expected : index !== expected) {
      throw new Error(
        `Message ${index} of producer ${producer} came, not ${expected}`,
      );
    }
    if (length !== lengthOf(index, this.#longest)) {
      throw new Error(`Message ${index} has ${length} bytes`);
    }
    for (let i = 2; i < words.length; i++) {
      if (words[i] !== Math.imul(index + i, 0x9e3779b1)) {
        throw new Error(`Message ${index} is torn at word ${i}`);
      }
    }
    const rest = length & 3;
    if (rest !== 0) {
      const word = Math.imul(index + words.length, 0x9e3779b1);
      for (let i = 0; i < rest; i++) {
        if (message[(length & ~3) + i] !== ((word >>> (8 * i)) & 255)) {
          // The first two words are the numbers.
          if (words.length >= 2) throw new Error(`Message ${index} is torn`);
        }
      }
    }
    this.next[producer] = index + 1;
    this.count++;
  }
}
