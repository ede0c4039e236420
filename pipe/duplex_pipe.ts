import type { WaitOptions } from "@ipc/libc";
import type { SyncWaitOptions } from "@ipc/libc/streams";
import { pipe } from "./pipe.ts";
import type { PipeOptions } from "./pipe.ts";
import { PipeReader } from "./pipe_reader.ts";
import type { PipeFromFdOptions } from "./pipe_reader.ts";
import { PipeWriter } from "./pipe_writer.ts";

/**
 * One side of a conversation over two pipes: it reads what the other side
 * writes, and writes what the other side reads.
 */
export class DuplexPipe {
  /** What the other side writes. */
  readonly reader: PipeReader;
  /** What the other side reads. Close it to let the other side see the end. */
  readonly writer: PipeWriter;

  /**
   * Use {@linkcode duplexPipe}, or {@linkcode DuplexPipe.fromFds} in a child.
   *
   * @ignore
   */
  constructor(reader: PipeReader, writer: PipeWriter) {
    this.reader = reader;
    this.writer = writer;
  }

  /**
   * Takes over two descriptors, such as those that this process inherited.
   *
   * Requires `--allow-ffi`.
   *
   * @param readerFd The descriptor to read from.
   * @param writerFd The descriptor to write to.
   * @param options How to wait.
   * @returns This side of the conversation.
   * @throws {TypeError} If one is no pipe, or the other end of one; both are
   * still the caller's.
   * @throws {Deno.errors.BadResource} If there is no such descriptor.
   */
  static fromFds(
    readerFd: number,
    writerFd: number,
    options?: PipeFromFdOptions,
  ): DuplexPipe {
    // The first is not closed if the second fails: it is the caller's still.
    const reader = PipeReader.fromFd(readerFd, options);
    const writer = PipeWriter.fromFd(writerFd, options);
    return new DuplexPipe(reader, writer);
  }

  /** The descriptors: the one to read from, and the one to write to. */
  get fds(): [reader: number, writer: number] {
    return [this.reader.fd, this.writer.fd];
  }

  /**
   * Reads bytes that are there, and waits until there are some.
   *
   * @param p Where to put the bytes.
   * @param options When to give up.
   * @returns As {@linkcode PipeReader} does.
   */
  read(p: Uint8Array, options?: WaitOptions): Promise<number | null> {
    return this.reader.read(p, options);
  }

  /**
   * Reads bytes that are there, and blocks the thread until there are some.
   *
   * @param p Where to put the bytes.
   * @param options When to give up.
   * @returns As {@linkcode PipeReader} does.
   */
  readSync(p: Uint8Array, options?: SyncWaitOptions): number | null {
    return this.reader.readSync(p, options);
  }

  /**
   * Writes bytes, and waits until there is room for some.
   *
   * @param p The bytes.
   * @param options When to give up.
   * @returns As {@linkcode PipeWriter} does.
   */
  write(p: Uint8Array, options?: WaitOptions): Promise<number> {
    return this.writer.write(p, options);
  }

  /**
   * Writes bytes, and blocks the thread until there is room for some.
   *
   * @param p The bytes.
   * @param options When to give up.
   * @returns As {@linkcode PipeWriter} does.
   */
  writeSync(p: Uint8Array, options?: SyncWaitOptions): number {
    return this.writer.writeSync(p, options);
  }

  /** What the other side writes, as a stream. */
  get readable(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return this.reader.readable;
  }

  /** What the other side reads, as a stream. */
  get writable(): WritableStream<Uint8Array> {
    return this.writer.writable;
  }

  /**
   * Told that a child process has it.
   *
   * @ignore
   */
  inherited(): void {
    this.reader.inherited();
    this.writer.inherited();
  }

  /** Closes both directions. Doing so again does nothing. */
  close(): void {
    this.reader.close();
    this.writer.close();
  }

  /** Closes both directions. */
  [Symbol.dispose](): void {
    this.close();
  }
}

/**
 * Makes both sides of a conversation: two pipes, crossed over.
 *
 * `pipe2(2)`, on macOS `pipe(2)` and `fcntl(2)`.
 *
 * Hand one side to a child with {@linkcode spawnWith}, and tell it the two
 * numbers of `fds`.
 *
 * Requires `--allow-ffi`.
 *
 * @param options How many bytes each pipe holds, and how to wait.
 * @returns Both sides. Close both.
 * @throws {Error} With code `EMFILE` or `ENFILE` if there are too many open
 * descriptors.
 * @see {@link https://man7.org/linux/man-pages/man2/pipe.2.html | pipe(2)}
 *
 * @example Usage
 * ```ts
 * import { duplexPipe, spawnWith } from "@ipc/pipe";
 * import { assertEquals } from "@std/assert";
 *
 * const [ours, theirs] = duplexPipe();
 * const [from, to] = theirs.fds;
 * const args = ["-c", `tr a-z A-Z </dev/fd/${from} >/dev/fd/${to}`];
 * const child = spawnWith(new Deno.Command("sh", { args }), [theirs]);
 *
 * ours.writeSync(new TextEncoder().encode("hello"));
 * ours.writer.close();
 * assertEquals(await new Response(ours.readable).text(), "HELLO");
 * await child.status;
 * ```
 */
export function duplexPipe(
  options: PipeOptions = {},
): [DuplexPipe, DuplexPipe] {
  using undo = new DisposableStack();
  const there = undo.use(pipe(options));
  const back = pipe(options);
  undo.move();
  return [
    new DuplexPipe(back.reader, there.writer),
    new DuplexPipe(there.reader, back.writer),
  ];
}
