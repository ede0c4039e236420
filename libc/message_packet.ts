/** Memory for System V messages, as C has them. */

import { LongArgument } from "./long_argument.ts";

/** The bytes of the type before a message: `long mtype`. */
export const MTYPE_SIZE = 8;

/**
 * Reads the type before a message; one above 2⁵³ − 1 is rounded.
 *
 * @param words The first two numbers of a packet.
 * @returns The type.
 */
export function readType(words: Int32Array): number {
  const low = words[0]!;
  const high = words[1]!;
  return high === 0 && low >= 0 ? low : high * 2 ** 32 + (low >>> 0);
}

/**
 * Memory for one message at a time: its type, and after it its bytes. Nobody
 * else has this memory, so nobody can take it away, and it is passed as a
 * pointer: to find out where an array is takes longer.
 */
export class MessagePacket {
  /** How many bytes there is room for after the type. */
  readonly room: number;
  /** Where it is. */
  readonly pointer: Deno.PointerObject;
  /** All of it. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The same as numbers: the first two are the type. */
  readonly words: Int32Array<ArrayBuffer>;
  /** The same, for copies. */
  readonly longs: BigInt64Array<ArrayBuffer>;
  /** How many bytes the message has that was put into it. */
  size = 0;
  /** As many bytes after the type as the last message that was taken had. */
  #taken: Uint8Array<ArrayBuffer>;
  readonly #long = new LongArgument();

  /**
   * Sets memory aside.
   *
   * @param room How many bytes a message may have.
   */
  constructor(room: number) {
    this.room = room;
    // Whole words, so that they can be copied as such.
    const buffer = new ArrayBuffer(MTYPE_SIZE + (room + 7 & ~7));
    this.bytes = new Uint8Array(buffer);
    this.#taken = this.bytes.subarray(MTYPE_SIZE);
    this.words = new Int32Array(buffer);
    this.longs = new BigInt64Array(buffer);
    this.pointer = Deno.UnsafePointer.of(this.bytes)!;
  }

  /**
   * Puts a message into it, for which there is room.
   *
   * @param message The bytes.
   * @param type The type.
   */
  put(message: Uint8Array, type: number): void {
    const { words } = this;
    words[0] = type;
    words[1] = type > 0x7fff_ffff ? Math.floor(type / 2 ** 32) : 0;
    this.bytes.set(message, MTYPE_SIZE);
    this.size = message.byteLength;
  }

  /**
   * Copies the message that was received into it.
   *
   * @param target Where to; there is room.
   * @param size Its size in bytes.
   */
  take(target: Uint8Array, size: number): void {
    if (this.#taken.byteLength !== size) {
      this.#taken = this.bytes.subarray(MTYPE_SIZE, MTYPE_SIZE + size);
    }
    target.set(this.#taken);
  }

  /**
   * A size as C takes it.
   *
   * @param size A whole number.
   * @returns The same for C.
   */
  long(size: number): bigint {
    return this.#long.of(size);
  }

  /**
   * Copies the message that was put into it.
   *
   * @returns A packet of its own, with room for it alone.
   */
  copy(): MessagePacket {
    const copy = new MessagePacket(this.size);
    copy.bytes.set(this.bytes.subarray(0, MTYPE_SIZE + this.size));
    copy.size = this.size;
    return copy;
  }
}
