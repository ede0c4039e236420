/**
 * Pipes: a stream of bytes between this process and those it starts.
 *
 * A pipe is the simplest way between a parent and its children, and a fast
 * one for small pieces. It is a stream: it keeps no boundaries between
 * writes. It has no name: for processes that are no relatives there are FIFOs
 * and sockets.
 *
 * Requires `--allow-ffi`, on Linux or macOS.
 *
 * ```ts
 * import { pipe, spawnWith } from "@ipc/pipe";
 *
 * const { reader, writer } = pipe();
 * const args = ["-c", `echo from the child >/dev/fd/${writer.fd}`];
 * const child = spawnWith(new Deno.Command("sh", { args }), [writer]);
 *
 * for await (const chunk of reader.readable) {
 *   console.log(new TextDecoder().decode(chunk));
 * }
 * await child.status;
 * ```
 *
 * @module
 */

export { isOsError, PIPE_BUF } from "@ipc/libc";
export {
  ByteReader,
  ByteWriter,
  RecordBatch,
  RecordReader,
  RecordWriter,
  spawnWith,
} from "@ipc/libc/streams";
export type { OsErrorDetails, WaitOptions, WaitStrategy } from "@ipc/libc";
export type {
  BatchOptions,
  ByteSink,
  ByteSource,
  Inheritable,
  RecordOptions,
  SpawnWithOptions,
  SyncWaitOptions,
} from "@ipc/libc/streams";
export { DuplexPipe, duplexPipe } from "./duplex_pipe.ts";
export { pipe } from "./pipe.ts";
export type { Pipe, PipeOptions } from "./pipe.ts";
export { PipeReader } from "./pipe_reader.ts";
export type { PipeFromFdOptions } from "./pipe_reader.ts";
export { PipeWriter } from "./pipe_writer.ts";
