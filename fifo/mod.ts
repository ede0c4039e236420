/**
 * FIFOs: pipes with a name in the file system, for processes that are no
 * relatives.
 *
 * Any program can take part that can open a file: a shell, `cat`, a daemon.
 * A FIFO is a stream of bytes in one direction. For messages use a queue, for
 * answers to many clients a socket.
 *
 * Requires `--allow-ffi`, on Linux or macOS.
 *
 * ```ts
 * import { mkfifo, openFifo } from "@ipc/fifo";
 *
 * const folder = await Deno.makeTempDir();
 * mkfifo(`${folder}/orders`);
 *
 * const args = ["-c", `echo two teas > ${folder}/orders`];
 * const shell = new Deno.Command("sh", { args }).spawn();
 *
 * using orders = await openFifo(`${folder}/orders`, { read: true });
 * for await (const chunk of orders.readable) {
 *   console.log(new TextDecoder().decode(chunk));
 * }
 *
 * await shell.status;
 * await Deno.remove(folder, { recursive: true });
 * ```
 *
 * @module
 */

export { isOsError, PIPE_BUF } from "@ipc/libc";
export { RecordBatch, RecordReader, RecordWriter } from "@ipc/libc/streams";
export type { OsErrorDetails, WaitOptions, WaitStrategy } from "@ipc/libc";
export type {
  BatchOptions,
  ByteSink,
  ByteSource,
  RecordOptions,
  SyncWaitOptions,
} from "@ipc/libc/streams";
export { Fifo } from "./fifo.ts";
export { mkfifo } from "./mkfifo.ts";
export type { MkfifoOptions } from "./mkfifo.ts";
export { openFifo, openFifoSync } from "./open_fifo.ts";
export type {
  OpenFifoBaseOptions,
  OpenFifoOptions,
  OpenFifoSyncOptions,
} from "./open_fifo.ts";
