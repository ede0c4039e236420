/** Bytes for the tests of byte streams. */

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The bytes of a text. */
export function bytes(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text) as Uint8Array<ArrayBuffer>;
}

/** The text of bytes, or of the first of them. */
export function text(bytes: Uint8Array, count?: number | null): string {
  return decoder.decode(bytes.subarray(0, count ?? undefined));
}

/** Four bytes that are a number. */
export function record(number: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Uint32Array.of(number).buffer);
}

/** The records of the numbers from 0 up to, not with, a count. */
export function records(count: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(
    Uint32Array.from({ length: count }, (_, i) => i).buffer,
  );
}

/** What bytes are read from. */
export interface Source {
  read(p: Uint8Array): Promise<number | null>;
  readSync(p: Uint8Array): number | null;
}

/** What bytes are written to. */
export interface Sink {
  write(p: Uint8Array): Promise<number>;
  writeSync(p: Uint8Array): number;
  tryWrite(p: Uint8Array): number | undefined;
}

/** Reads up to the end. */
export async function readAll(source: Source): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (;;) {
    const part = new Uint8Array(65_536);
    const count = await source.read(part);
    if (count === null) return concat(parts);
    parts.push(part.subarray(0, count));
  }
}

/** Reads as many bytes as there is room for, and no more. */
export async function readFull(
  source: Source,
  length: number,
): Promise<Uint8Array> {
  const all = new Uint8Array(length);
  for (let at = 0; at < length;) {
    const count = await source.read(all.subarray(at));
    if (count === null) return all.subarray(0, at);
    at += count;
  }
  return all;
}

/** Writes bytes in as many writes as it takes. */
export async function writeAll(sink: Sink, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.byteLength;) {
    at += await sink.write(bytes.subarray(at));
  }
}

/**
 * Writes until there is no room for one more byte.
 *
 * @returns How many bytes were written.
 */
export function fill(sink: Sink): number {
  let total = 0;
  for (const size of [65_536, 1]) {
    const chunk = new Uint8Array(size);
    for (;;) {
      const count = sink.tryWrite(chunk);
      if (count === undefined) break;
      total += count;
    }
  }
  return total;
}

/** One after the other. */
export function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const length = parts.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.byteLength;
  }
  return all;
}
