import { descriptorFromEnv, O_WRONLY } from "@ipc/libc";
import { ByteWriter, capacityOf, setCapacityOf } from "@ipc/libc/streams";
import { adopt } from "./_end.ts";
import type { PipeFromFdOptions } from "./pipe_reader.ts";

/**
 * The end of a pipe where bytes go in.
 *
 * A write of at most {@linkcode PIPE_BUF} bytes is never mixed with those of
 * another writer; a longer one may be, and may be written in part. Writing
 * when nobody can read any more throws, and the signal that the system sends
 * for it, SIGPIPE, is ignored by Deno.
 *
 * @see {@link https://man7.org/linux/man-pages/man7/pipe.7.html | pipe(7)}
 *
 * @example Usage
 * ```ts
 * import { pipe } from "@ipc/pipe";
 * import { assertThrows } from "@std/assert";
 *
 * using ends = pipe();
 * ends.writer.writeSync(new TextEncoder().encode("hello"));
 *
 * ends.reader.close();
 * assertThrows(
 *   () => ends.writer.writeSync(new Uint8Array(1)),
 *   Deno.errors.BrokenPipe,
 * );
 * ```
 */
export class PipeWriter extends ByteWriter {
  /**
   * Takes over a descriptor, such as one that this process inherited.
   *
   * `fstat(2)`, `fcntl(2)`.
   *
   * Requires `--allow-ffi`.
   *
   * @param fd The descriptor of the writing end of a pipe. It belongs to the
   * object from now on; if this throws, it is still the caller's.
   * @param options How to wait.
   * @returns The writer.
   * @throws {TypeError} If it is no pipe, or the other end of one.
   * @throws {Deno.errors.BadResource} If there is no such descriptor.
   */
  static fromFd(fd: number, options: PipeFromFdOptions = {}): PipeWriter {
    const { wait = "adaptive" } = options;
    return new PipeWriter(adopt(fd, O_WRONLY, "write to"), "pipe", wait);
  }

  /**
   * Takes over the descriptor whose number an environment variable has.
   *
   * Requires `--allow-ffi` and `--allow-env`.
   *
   * @param variable The name of the variable.
   * @param options How to wait.
   * @returns The writer.
   * @throws {TypeError} If there is no number, or it is that of no pipe.
   */
  static fromEnv(variable: string, options?: PipeFromFdOptions): PipeWriter {
    return PipeWriter.fromFd(descriptorFromEnv(variable), options);
  }

  /**
   * How many bytes the pipe holds before a writer has to wait: 65,536 unless
   * it was set. The system rounds what is set up to whole pages, and an
   * ordinary user may have 1 MiB by default.
   *
   * `fcntl(2)` with `F_GETPIPE_SZ` and `F_SETPIPE_SZ`. Linux only.
   *
   * @throws {Deno.errors.NotSupported} On macOS.
   * @throws {Deno.errors.PermissionDenied} If it is set above the limit.
   * @throws {Deno.errors.Busy} If the pipe holds more bytes than are set.
   * @throws {RangeError} If what is set is not a whole number from 1.
   * @throws {Deno.errors.BadResource} If this end is closed.
   */
  get capacity(): number {
    return capacityOf(this.fd);
  }
  set capacity(size: number) {
    setCapacityOf(this.fd, size);
  }
}
