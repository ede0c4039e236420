import { descriptorFromEnv, O_RDONLY } from "@ipc/libc";
import { ByteReader, capacityOf, setCapacityOf } from "@ipc/libc/streams";
import type { WaitStrategy } from "@ipc/libc";
import { adopt } from "./_end.ts";

/** Options of `PipeReader.fromFd` and `PipeWriter.fromFd`. */
export interface PipeFromFdOptions {
  /**
   * How to wait: `"adaptive"` looks again for a moment before it sleeps, as
   * long as that pays; `"block"` sleeps at once.
   *
   * @default {"adaptive"}
   */
  wait?: WaitStrategy;
}

/**
 * The end of a pipe where bytes come out.
 *
 * @see {@link https://man7.org/linux/man-pages/man7/pipe.7.html | pipe(7)}
 *
 * @example Usage
 * ```ts
 * import { pipe } from "@ipc/pipe";
 * import { assertEquals } from "@std/assert";
 *
 * using ends = pipe();
 * ends.writer.writeSync(new TextEncoder().encode("hello"));
 *
 * const buffer = new Uint8Array(64);
 * assertEquals(await ends.reader.read(buffer, { timeout: 1000 }), 5);
 *
 * ends.writer.close();
 * assertEquals(ends.reader.readSync(buffer), null); // the end
 * ```
 */
export class PipeReader extends ByteReader {
  /**
   * Takes over a descriptor, such as one that this process inherited.
   *
   * `fstat(2)`, `fcntl(2)`.
   *
   * Requires `--allow-ffi`.
   *
   * @param fd The descriptor of the reading end of a pipe. It belongs to the
   * object from now on; if this throws, it is still the caller's.
   * @param options How to wait.
   * @returns The reader.
   * @throws {TypeError} If it is no pipe, or the other end of one.
   * @throws {Deno.errors.BadResource} If there is no such descriptor.
   */
  static fromFd(fd: number, options: PipeFromFdOptions = {}): PipeReader {
    const { wait = "adaptive" } = options;
    return new PipeReader(adopt(fd, O_RDONLY, "read from"), "pipe", wait);
  }

  /**
   * Takes over the descriptor whose number an environment variable has.
   *
   * Requires `--allow-ffi` and `--allow-env`.
   *
   * @param variable The name of the variable.
   * @param options How to wait.
   * @returns The reader.
   * @throws {TypeError} If there is no number, or it is that of no pipe.
   */
  static fromEnv(variable: string, options?: PipeFromFdOptions): PipeReader {
    return PipeReader.fromFd(descriptorFromEnv(variable), options);
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
