/**
 * Where a lock is: words of memory that the caller shares. All zero is a lock
 * that nobody has used, so that memory which is new needs no preparation, and
 * nobody who prepares it can die in the middle.
 */

import { checkInteger, threadNamespace } from "@ipc/libc";

/** The byte offset of a lock is a multiple of this. */
export const LOCK_ALIGNMENT = 8;

/** The words that every lock begins with; each has 4 bytes. */
const KIND = 0;
const NAMESPACE = 1;
/** The first word after them. */
export const STATE = 2;

/** What a lock begins with: three letters and the version of the layout. */
const kinds = {
  "mutex": "MTX",
  "reader-writer lock": "RWL",
  "condition": "CND",
} as const;

const VERSION = 1;

/** What may be there. */
export type Kind = keyof typeof kinds;

function signature(kind: Kind): number {
  const [a, b, c] = [...kinds[kind]].map((letter) => letter.charCodeAt(0));
  return a! | b! << 8 | c! << 16 | VERSION << 24;
}

/** A lock's words. */
export interface Place {
  /** The words, from the beginning of the lock. */
  readonly words: Int32Array<ArrayBufferLike>;
  /** What the lock is called in messages. */
  readonly what: string;
}

/**
 * Finds a lock in memory, or makes one of bytes that are zero.
 *
 * @param kind What it is to be.
 * @param buffer The memory.
 * @param byteOffset Where in it.
 * @param size How many bytes it has.
 * @param name Its name, if it has one.
 * @returns Its words.
 */
export function place(
  kind: Kind,
  buffer: ArrayBufferLike,
  byteOffset: number,
  size: number,
  name: string | null,
): Place {
  checkBuffer(kind, buffer);
  checkInteger(byteOffset, "byteOffset", 0);
  if (byteOffset % LOCK_ALIGNMENT !== 0) {
    throw new RangeError(
      `Cannot place a ${kind} at byte ${byteOffset}: the offset must be a ` +
        `multiple of ${LOCK_ALIGNMENT}`,
    );
  }
  if (byteOffset + size > buffer.byteLength) {
    throw new RangeError(
      `Cannot place a ${kind} at byte ${byteOffset}: it takes ${size} bytes, ` +
        `and the memory has ${buffer.byteLength}`,
    );
  }
  const words = new Int32Array(buffer, byteOffset, size / 4);
  const what = name === null
    ? `the ${kind} at byte ${byteOffset}`
    : `${kind} ${JSON.stringify(name)}`;
  settle(words, kind, what);
  return { words, what };
}

function checkBuffer(kind: Kind, buffer: ArrayBufferLike): void {
  const isBuffer = buffer instanceof ArrayBuffer ||
    buffer instanceof SharedArrayBuffer;
  if (!isBuffer) {
    throw new TypeError(
      `Cannot place a ${kind}: expected an ArrayBuffer, got ${typeof buffer}`,
    );
  }
  if (buffer instanceof ArrayBuffer ? buffer.resizable : buffer.growable) {
    throw new TypeError(
      `Cannot place a ${kind} in a buffer whose length can change`,
    );
  }
}

/** Agrees with whoever uses the place on what is there. */
function settle(words: Int32Array, kind: Kind, what: string): void {
  const expected = signature(kind);
  const found = Atomics.compareExchange(words, KIND, 0, expected);
  if (found !== 0 && found !== expected) {
    throw new TypeError(
      `Cannot use ${what}: there is something else, which begins with ` +
        `0x${(found >>> 0).toString(16)}; a new lock takes bytes that are zero`,
    );
  }
  const own = threadNamespace() || 1;
  const namespace = Atomics.compareExchange(words, NAMESPACE, 0, own);
  if (namespace !== 0 && namespace !== own) {
    throw new Deno.errors.NotSupported(
      `Cannot use ${what}: it was made in another pid or time namespace, ` +
        `where thread numbers mean other threads`,
    );
  }
}
