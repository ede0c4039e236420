import { checkInteger, FileDescriptor, pipe as createPipe } from "@ipc/libc";
import type { WaitStrategy } from "@ipc/libc";
import { PipeReader } from "./pipe_reader.ts";
import { PipeWriter } from "./pipe_writer.ts";

/** Options of {@linkcode pipe}. */
export interface PipeOptions {
  /**
   * How many bytes the pipe holds at least before a writer has to wait; Linux
   * only. Without it, 65,536.
   *
   * @default {undefined}
   */
  capacity?: number;
  /**
   * How to wait: `"adaptive"` looks again for a moment before it sleeps, as
   * long as that pays; `"block"` sleeps at once.
   *
   * @default {"adaptive"}
   */
  wait?: WaitStrategy;
}

/** Both ends of a pipe. */
export interface Pipe extends Disposable {
  /** Where bytes come out. */
  readonly reader: PipeReader;
  /** Where bytes go in. */
  readonly writer: PipeWriter;
  /** Closes both ends. */
  close(): void;
}

/**
 * Makes a pipe: bytes that go in at one end come out at the other, in order.
 *
 * `pipe2(2)`, on macOS `pipe(2)` and `fcntl(2)`.
 *
 * A pipe has no name. It serves this process and those that inherit an end:
 * see {@linkcode spawnWith}. Both ends are close-on-exec. A read ends when
 * every copy of the writing end is closed, so close the ends that are not
 * used. For messages rather than bytes use a queue, between processes that
 * are no relatives a FIFO or a socket.
 *
 * Requires `--allow-ffi`.
 *
 * @param options How many bytes it holds, and how to wait.
 * @returns Both ends. Close both.
 * @throws {Error} With code `EMFILE` or `ENFILE` if there are too many open
 * descriptors, in this process or in the system.
 * @throws {RangeError} If the capacity is not a whole number from 1.
 * @throws {Deno.errors.PermissionDenied} If the capacity is above the limit.
 * @throws {Deno.errors.NotSupported} If a capacity is given on macOS.
 * @see {@link https://pubs.opengroup.org/onlinepubs/9799919799/functions/pipe.html | POSIX}
 * @see {@link https://man7.org/linux/man-pages/man2/pipe.2.html | pipe(2)}
 *
 * @example Usage
 * ```ts
 * import { pipe } from "@ipc/pipe";
 * import { assertEquals } from "@std/assert";
 *
 * const { reader, writer } = pipe();
 * writer.writeSync(new TextEncoder().encode("hello"));
 * writer.close();
 * assertEquals(await new Response(reader.readable).text(), "hello");
 * ```
 */
export function pipe(options: PipeOptions = {}): Pipe {
  const { capacity, wait = "adaptive" } = options;
  if (capacity !== undefined) {
    checkInteger(capacity, "capacity", 1, 2 ** 31 - 1);
  }
  using undo = new DisposableStack();
  const fds = createPipe();
  const readerFd = undo.use(new FileDescriptor(fds.reader));
  const writerFd = undo.use(new FileDescriptor(fds.writer));
  const reader = new PipeReader(readerFd, "pipe", wait);
  const writer = new PipeWriter(writerFd, "pipe", wait);
  if (capacity !== undefined) writer.capacity = capacity;
  undo.move();
  function close(): void {
    reader.close();
    writer.close();
  }
  return { reader, writer, close, [Symbol.dispose]: close };
}
