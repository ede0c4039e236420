import { openRing } from "./_open.ts";
import type { OpenRingOptions } from "./_options.ts";
import { RingWriter } from "./ring_writer.ts";
import type { WhenFull } from "./ring_writer.ts";

/** Options of {@linkcode openRingWriter}. */
export interface OpenRingWriterOptions extends OpenRingOptions {
  /**
   * What `send`, `sendSync`, `reserve` and `reserveSync` do when the ring is
   * full: `"wait"` for room, or fail with an `"error"`. A third policy, to
   * drop the oldest messages, is one of the ring: see `dropOldest`.
   *
   * @default {"wait"}
   */
  whenFull?: WhenFull;
}

/**
 * Opens a ring as its producer, or as one of its producers.
 *
 * `shm_open(3)`, `posix_fallocate(3)`, `mmap(2)`, `mkfifo(3)`, `fcntl(2)`
 * with `F_OFD_SETLK`.
 *
 * A ring takes one producer at a time, unless it was created for more. What
 * one says of {@linkcode openRingReader} holds here too.
 *
 * Requires `--allow-ffi`.
 *
 * @param name The name, such as `"/orders"`, or `null` to create a ring under
 * a random one.
 * @param options How to open it.
 * @returns The producer. Close it, so that the consumer is told of the end.
 * @throws {TypeError} If the name is none, or what has it is no ring, or its
 * `dropOldest` is another.
 * @throws {RangeError} If the name is too long, a number is out of range, or
 * the existing ring is smaller than asked.
 * @throws {Deno.errors.NotFound} If it does not exist and is not created.
 * @throws {Deno.errors.AlreadyExists} If it exists and `createNew` is set.
 * @throws {Deno.errors.Busy} If it has all the producers that it takes.
 * @throws {Deno.errors.InvalidData} If its memory is damaged, or whoever
 * created it died over it and `create` is not set.
 * @throws {Deno.errors.TimedOut} If its creator does not finish in time.
 * @throws {Deno.errors.PermissionDenied} If its mode forbids it.
 * @throws {Deno.errors.NotSupported} If its layout has another version.
 * @throws {Error} With code `ENOSPC` if there is not that much memory.
 * @see {@link https://man7.org/linux/man-pages/man7/shm_overview.7.html | shm_overview(7)}
 *
 * @example A ring that drops its oldest messages
 * ```ts
 * import { openRingReader, openRingWriter, unlinkRing } from "@ipc/ring";
 * import { assertEquals } from "@std/assert";
 *
 * using writer = openRingWriter(null, { capacity: 64, dropOldest: true });
 * for (let i = 0; i < 10; i++) writer.sendSync(new Uint8Array([i]));
 *
 * using reader = openRingReader(writer.name);
 * assertEquals(reader.receiveSync()![0], 6); // four records fit 64 bytes
 * assertEquals(reader.dropped, 6);
 * unlinkRing(writer.name);
 * ```
 */
export function openRingWriter(
  name: string | null,
  options: OpenRingWriterOptions = {},
): RingWriter {
  const { whenFull = "wait", ...rest } = options;
  if (whenFull !== "wait" && whenFull !== "error") {
    throw new TypeError(
      `Cannot use whenFull ${
        JSON.stringify(whenFull)
      }: it must be "wait" or "error"`,
    );
  }
  return openRing(
    name,
    rest,
    (memory, wait) => new RingWriter(memory, wait, whenFull),
  );
}
