/** Memory in which messages arrive and are handed out, without a copy. */

import { Slab } from "./slab.ts";

/** How many bytes are set aside at once. */
const SIZE = 65_536;
/** Where messages may be longer, most of the memory would be wasted. */
const LONGEST = 8192;

/**
 * Hands out the very memory that a message arrived in. The array of it is made
 * before and as long as the last message, because to make one takes longer
 * than all else here; a message of another size takes one more.
 */
export class Landing {
  readonly #room: number;
  /** Copies messages that may be long. */
  readonly #slab: Slab | undefined;
  #buffer = new ArrayBuffer(0);
  /** The place for the next message, and at which byte it begins. */
  #next = new Uint8Array(0);
  #at = 0;
  /** The same memory, for copies. */
  #longs = new BigInt64Array(0);

  /**
   * Sets nothing aside yet.
   *
   * @param room The longest message, in bytes.
   */
  constructor(room: number) {
    this.#room = room;
    if (room > LONGEST) this.#slab = new Slab();
  }

  /**
   * Where to put the next message. There is room for the longest one, whatever
   * the length of the array.
   */
  get target(): Uint8Array<ArrayBuffer> {
    // Whoever transferred an earlier message has taken the memory away.
    if (this.#next.byteLength === 0) this.#renew(1);
    return this.#next;
  }

  /**
   * Hands out the message that has arrived.
   *
   * @param size Its size in bytes.
   * @returns The message, which belongs to the caller.
   */
  take(size: number): Uint8Array<ArrayBuffer> {
    const next = this.#next;
    if (this.#slab !== undefined) {
      return this.#slab.copy(next, this.#longs, size);
    }
    const message = next.byteLength === size
      ? next
      : new Uint8Array(this.#buffer, this.#at, size);
    this.#at = (this.#at + size + 7) & ~7;
    // The system does not see where an array of no bytes is.
    const length = size || 1;
    if (this.#at + this.#room > SIZE) this.#renew(length);
    else this.#next = new Uint8Array(this.#buffer, this.#at, length);
    return message;
  }

  #renew(length: number): void {
    this.#at = 0;
    if (this.#slab === undefined) {
      this.#buffer = new ArrayBuffer(SIZE);
      this.#next = new Uint8Array(this.#buffer, 0, length);
    } else {
      this.#buffer = new ArrayBuffer(this.#room + 7 & ~7);
      this.#next = new Uint8Array(this.#buffer);
      this.#longs = new BigInt64Array(this.#buffer);
    }
  }
}
