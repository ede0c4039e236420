/**
 * Rings: channels for messages in shared memory, the fastest way between
 * processes. A message costs some tens of nanoseconds, and no call of the
 * system while both sides are busy; a side that waits sleeps in the kernel.
 *
 * A {@linkcode RingWriter} sends and a {@linkcode RingReader} receives: one
 * each, or several writers and one reader. Messages have any length up to half
 * of the capacity, and are never split or torn. Each side can copy, or work
 * where the message is, or be asynchronous, in any combination. A death of
 * either side is noticed by the other, and that of one writer among several by
 * the reader. `LAYOUT.md` describes the memory for other languages;
 * `examples/ring` has both sides in C.
 *
 * Do not use a ring with peers that you do not trust to leave the memory its
 * size: nobody survives that. Use a socket or a queue there.
 *
 * Requires `--allow-ffi`, on Linux or macOS.
 *
 * ```ts
 * import { openRingReader, openRingWriter, unlinkRing } from "@ipc/ring";
 *
 * using reader = openRingReader("/doc_orders", { create: true });
 * using writer = openRingWriter("/doc_orders"); // in another process
 *
 * writer.sendSync(new TextEncoder().encode("two teas"));
 * const message = await reader.receive({ timeout: 1000 });
 * console.log(new TextDecoder().decode(message!));
 * unlinkRing("/doc_orders");
 * ```
 *
 * @module
 */

export { isOsError } from "@ipc/libc";
export type { OsErrorDetails, WaitOptions, WaitStrategy } from "@ipc/libc";
export type { SyncWaitOptions } from "@ipc/libc/rings";
export type { OpenRingOptions } from "./_options.ts";
export { openRingReader } from "./open_ring_reader.ts";
export type { OpenRingReaderOptions } from "./open_ring_reader.ts";
export { openRingWriter } from "./open_ring_writer.ts";
export type { OpenRingWriterOptions } from "./open_ring_writer.ts";
export { RingReader } from "./ring_reader.ts";
export type { RingBatchOptions } from "./ring_reader.ts";
export { RingWriter } from "./ring_writer.ts";
export type { WhenFull } from "./ring_writer.ts";
export { unlinkRing } from "./unlink_ring.ts";
