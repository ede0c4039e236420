import { openRing } from "./_open.ts";
import type { OpenRingOptions } from "./_options.ts";
import { RingReader } from "./ring_reader.ts";

/** Options of {@linkcode openRingReader}. */
export interface OpenRingReaderOptions extends OpenRingOptions {}

/**
 * Opens a ring as its consumer.
 *
 * `shm_open(3)`, `posix_fallocate(3)`, `mmap(2)`, `mkfifo(3)`, `fcntl(2)`
 * with `F_OFD_SETLK`.
 *
 * A ring is a channel for messages in shared memory, from one producer, or a
 * few, to one consumer at a time. Either side may come first, and either may
 * create it. The name is one path component after a slash, at most 224 bytes.
 * On Linux it is the shared memory object of that name, with a FIFO for each
 * side beside it in `/dev/shm`; on macOS they are files in `/tmp`. The layout
 * is in `LAYOUT.md`, for other languages.
 *
 * The memory is reserved when the ring is created. What a consumer that has
 * died or closed the ring did not receive, the next one receives. A failed
 * open leaves an existing ring as it was, and leaves no new one.
 *
 * Requires `--allow-ffi`.
 *
 * @param name The name, such as `"/orders"`, or `null` to create a ring under
 * a random one.
 * @param options How to open it.
 * @returns The consumer. Close it; unlink the name when no one needs it.
 * @throws {TypeError} If the name is none, or what has it is no ring, or its
 * `dropOldest` is another.
 * @throws {RangeError} If the name is too long, a number is out of range, or
 * the existing ring is smaller than asked.
 * @throws {Deno.errors.NotFound} If it does not exist and is not created.
 * @throws {Deno.errors.AlreadyExists} If it exists and `createNew` is set.
 * @throws {Deno.errors.Busy} If it has a consumer.
 * @throws {Deno.errors.InvalidData} If its memory is damaged, or whoever
 * created it died over it and `create` is not set.
 * @throws {Deno.errors.TimedOut} If its creator does not finish in time.
 * @throws {Deno.errors.PermissionDenied} If its mode forbids it.
 * @throws {Deno.errors.NotSupported} If its layout has another version.
 * @throws {Error} With code `ENOSPC` if there is not that much memory.
 * @see {@link https://man7.org/linux/man-pages/man7/shm_overview.7.html | shm_overview(7)}
 *
 * @example Usage
 * ```ts
 * import { openRingReader, openRingWriter, unlinkRing } from "@ipc/ring";
 * import { assertEquals } from "@std/assert";
 *
 * using reader = openRingReader(null);
 *
 * // The other side, as another process would open it:
 * using writer = openRingWriter(reader.name);
 * writer.sendSync(new Uint8Array([1, 2, 3]));
 * assertEquals([...reader.receiveSync()!], [1, 2, 3]);
 * unlinkRing(reader.name);
 * ```
 */
export function openRingReader(
  name: string | null,
  options: OpenRingReaderOptions = {},
): RingReader {
  return openRing(
    name,
    options,
    (memory, wait) => new RingReader(memory, wait),
  );
}
