import { fstat, lseek, tryRead } from "@ipc/libc";
import {
  BLOCK,
  byteLength,
  damaged,
  DROPS_OLDEST,
  GREATEST_CAPACITY,
  HEADER,
  LEAST_CAPACITY,
  longestMessage,
  MAGIC,
  MOST_LANES,
  VERSION,
} from "./_layout.ts";
import type { Shape } from "./_layout.ts";

/**
 * Reads the header with `read`, which survives a file that shrinks, and
 * checks all of it.
 *
 * @returns The sizes; `undefined` if the ring is not ready.
 */
export function readShape(fd: number, what: string): Shape | undefined {
  const header = new Int32Array(BLOCK / 4);
  lseek(fd, 0, Deno.SeekMode.Start);
  const count = tryRead(fd, new Uint8Array(header.buffer));
  if (count === 0) return undefined;
  const magic = header[HEADER.magic]!;
  const isRing = count === BLOCK && header[HEADER.version] !== 0 &&
    (magic === MAGIC || magic === 0);
  if (!isRing) {
    throw new TypeError(`Cannot open ${what}: what has the name is no ring`);
  }
  if (header[HEADER.version] !== VERSION) {
    throw new Deno.errors.NotSupported(
      `Cannot open ${what}: its layout has version ` +
        `${header[HEADER.version]! >>> 0}, and this is version ${VERSION}`,
    );
  }
  if (magic === 0) return undefined;
  const shape: Shape = {
    flags: header[HEADER.flags]!,
    lanes: header[HEADER.lanes]!,
    capacity: header[HEADER.capacity]!,
  };
  const { flags, lanes, capacity } = shape;
  if (
    (flags & ~DROPS_OLDEST) !== 0 || lanes < 1 || lanes > MOST_LANES ||
    capacity < LEAST_CAPACITY || capacity > GREATEST_CAPACITY ||
    (capacity & (capacity - 1)) !== 0 ||
    header[HEADER.longest] !== longestMessage(capacity)
  ) {
    throw damaged(
      what,
      `its header says flags ${flags}, ${lanes} producers, ${capacity} bytes ` +
        `for each, and messages of ${header[HEADER.longest]} bytes`,
    );
  }
  const { size } = fstat(fd);
  if (size < byteLength(shape)) {
    throw damaged(
      what,
      `it has ${size} bytes, and its header says ${byteLength(shape)}`,
    );
  }
  return shape;
}
