import { checkInteger } from "@ipc/libc/argument";

/** Memory that views can be made of. */
export type Memory = ArrayBuffer | SharedArrayBuffer;

/** What every type is made of. */
export interface FieldCodec {
  /** How many bytes it takes. */
  readonly byteLength: number;
  /** What its place is a multiple of. */
  readonly alignment: number;
  /**
   * What its place must be a multiple of to be reached, in a packed struct
   * too: 1 for what a `DataView` reads.
   */
  readonly accessAlignment: number;
  /** Its declaration in C, without the semicolon. */
  readonly declare: (declarator: string) => string;
}

/** What the type of a value is made of. */
export interface ValueCodec<Value> extends FieldCodec {
  /** The value at an offset of some memory. */
  readonly read: (data: DataView, offset: number) => Value;
  /** Writes the value at an offset of some memory. */
  readonly write: (data: DataView, offset: number, value: Value) => void;
}

/** What the type of a view is made of. */
export interface ViewCodec<View> extends FieldCodec {
  /** A view of memory, at a place that has been checked. */
  readonly show: (buffer: Memory, byteOffset: number) => View;
}

/**
 * What a field of a struct can be: a constant such as {@linkcode u32}, or what
 * {@linkcode struct}, {@linkcode array}, {@linkcode atomic}, {@linkcode bytes}
 * or {@linkcode chars} returns.
 */
export class FieldType {
  /** How many bytes it takes: `sizeof` in C. */
  readonly byteLength: number;
  /** What its place is a multiple of: `_Alignof` in C. */
  readonly alignment: number;
  /** @ignore */
  readonly codec: FieldCodec;

  /** @ignore */
  constructor(codec: FieldCodec) {
    this.byteLength = checkInteger(codec.byteLength, "size", 1);
    this.alignment = codec.alignment;
    this.codec = codec;
  }
}

/**
 * A type whose value is a copy: a number, a boolean or a string. A field of
 * it is read and assigned.
 */
export class ValueType<Value> extends FieldType {
  /** @ignore */
  declare readonly codec: ValueCodec<Value>;

  /** @ignore */
  constructor(codec: ValueCodec<Value>) {
    super(codec);
  }
}

/**
 * A type whose value is a view of the memory: a struct, an array, bytes or an
 * atomic number. What a field of it gives is written to; the field itself is
 * not assigned.
 */
export class ViewType<View> extends FieldType {
  /** @ignore */
  declare readonly codec: ViewCodec<View>;

  /** @ignore */
  constructor(codec: ViewCodec<View>) {
    super(codec);
  }

  /**
   * Shows memory as this type. Nothing is copied or checked but the place.
   *
   * @param buffer The memory, such as that of `SharedMemory.buffer`.
   * @param byteOffset Where it begins, in bytes: a multiple of the alignment.
   * @returns The view. Every call makes another one, of the same bytes.
   * @throws {TypeError} If it is no buffer, or a detached one, as that of
   * closed shared memory.
   * @throws {RangeError} If the place is not aligned, or ends behind the end
   * of the buffer.
   */
  view(buffer: Memory, byteOffset = 0): View {
    checkMemory(buffer);
    checkInteger(byteOffset, "byteOffset", 0);
    const { byteLength, alignment } = this;
    if (byteOffset % alignment !== 0) {
      throw new RangeError(
        `Cannot use byteOffset ${byteOffset}: it must be a multiple of ` +
          `${alignment}, the alignment`,
      );
    }
    if (byteOffset + byteLength > buffer.byteLength) {
      throw new RangeError(
        `Cannot view ${byteLength} bytes at byteOffset ${byteOffset}: the ` +
          `buffer has ${buffer.byteLength} bytes`,
      );
    }
    return this.codec.show(buffer, byteOffset);
  }
}

function checkMemory(buffer: Memory): void {
  if (buffer instanceof SharedArrayBuffer) return;
  if (!(buffer instanceof ArrayBuffer)) {
    throw new TypeError(
      `Cannot view memory: expected an ArrayBuffer, got ${typeof buffer}`,
    );
  }
  if (buffer.detached) {
    throw new TypeError(
      "Cannot view memory: the buffer is detached, as that of closed memory is",
    );
  }
}
