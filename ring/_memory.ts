import { type FileDescriptor, Mapping } from "@ipc/libc";
import { tryLockByte, unlockByte } from "@ipc/libc/rings";
import {
  BLOCK,
  byteLength,
  dataOffset,
  describe,
  DROPS_OLDEST,
  HEADER,
  longestMessage,
} from "./_layout.ts";
import type { Shape } from "./_layout.ts";
import { consumerBellPath, producerBellPath } from "./_path.ts";

/** The memory of one lane. */
export interface LaneMemory {
  readonly index: number;
  /** The control block. */
  readonly control: Int32Array<ArrayBuffer>;
  /** The records. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The same, as words. */
  readonly words: Int32Array<ArrayBuffer>;
  /** The same, as longer ones, which are copied in half of the steps. */
  readonly longs: BigInt64Array<ArrayBuffer>;
}

/** The mapped memory of a ring, and the file behind it, whose bytes lock. */
export class RingMemory {
  /** The name of the ring. */
  readonly name: string;
  /** What it is called in messages. */
  readonly what: string;
  /** Whether opening it created it. */
  readonly created: boolean;
  /** Its sizes, which were checked, and are not read again. */
  readonly shape: Shape;
  /** The header. */
  readonly header: Int32Array<ArrayBuffer>;
  readonly #file: FileDescriptor;
  readonly #mapping: Mapping;
  readonly #id: string;

  /**
   * Takes over a ring that is ready.
   *
   * @param name Its name.
   * @param file The file, which has all bytes of the shape.
   * @param shape Its sizes.
   * @param created Whether opening it created it.
   */
  constructor(
    name: string,
    file: FileDescriptor,
    shape: Shape,
    created: boolean,
  ) {
    this.name = name;
    this.what = describe(name);
    this.created = created;
    this.shape = shape;
    this.#file = file;
    this.#mapping = new Mapping(file.fd, byteLength(shape), true);
    const words = BLOCK / Int32Array.BYTES_PER_ELEMENT;
    this.header = new Int32Array(this.#mapping.buffer, 0, words);
    this.#id = ringId(this.header[HEADER.idLow]!, this.header[HEADER.idHigh]!);
  }

  /** Whether full means that the oldest messages are dropped. */
  get dropsOldest(): boolean {
    return (this.shape.flags & DROPS_OLDEST) !== 0;
  }

  /** The longest message, in bytes. */
  get longest(): number {
    return longestMessage(this.shape.capacity);
  }

  /**
   * The memory of a lane.
   *
   * @param index Which.
   */
  lane(index: number): LaneMemory {
    const { buffer } = this.#mapping;
    const { capacity } = this.shape;
    const at = dataOffset(this.shape) + index * capacity;
    return {
      index,
      control: new Int32Array(buffer, BLOCK + index * BLOCK, BLOCK / 4),
      bytes: new Uint8Array(buffer, at, capacity),
      words: new Int32Array(buffer, at, capacity / 4),
      longs: new BigInt64Array(buffer, at, capacity / 8),
    };
  }

  /** The path of the bell of the consumer that is for a lane. */
  consumerBell(index: number): string {
    return consumerBellPath(this.name, this.#id, index);
  }

  /** The path of the bell of the producer of a lane. */
  producerBell(index: number): string {
    return producerBellPath(this.name, this.#id, index);
  }

  /** Locks a byte, unless another has; a death gives it back. */
  tryLock(byte: number): boolean {
    return tryLockByte(this.#file.fd, byte);
  }

  /** Gives a byte back. */
  unlock(byte: number): void {
    unlockByte(this.#file.fd, byte);
  }

  /** Unmaps the memory, and gives every lock back. */
  close(): void {
    this.#mapping.unmap();
    this.#file.close();
  }
}

/** The number of a ring, as its bells bear it: 16 hexadecimal digits. */
export function ringId(low: number, high: number): string {
  return (high >>> 0).toString(16).padStart(8, "0") +
    (low >>> 0).toString(16).padStart(8, "0");
}

/** The error of who has left a ring, and uses it. */
export function isClosed({ what }: RingMemory): Error {
  return new Deno.errors.BadResource(`Cannot use ${what}: it is closed`);
}
