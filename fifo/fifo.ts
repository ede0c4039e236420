import type { FileDescriptor } from "@ipc/libc";
import {
  ByteReader,
  ByteWriter,
  capacityOf,
  setCapacityOf,
} from "@ipc/libc/streams";
import type { WaitOptions, WaitStrategy } from "@ipc/libc";
import type { SyncWaitOptions } from "@ipc/libc/streams";

/** What a FIFO is made of. */
export interface FifoParts {
  /** For reading. */
  reader?: FileDescriptor;
  /** For writing. */
  writer?: FileDescriptor;
  /** What keeps it from its end. */
  keeper?: FileDescriptor;
  /** What opening it has read. */
  unread?: Uint8Array<ArrayBuffer>;
  /** How to wait. */
  wait: WaitStrategy;
}

/**
 * A FIFO: a pipe with a name, for processes that are no relatives.
 *
 * Many may write and one read: a write of at most {@linkcode PIPE_BUF} bytes
 * is never mixed with those of another writer. If many read, each byte goes
 * to one of them. The bytes are in memory, never on disk, and are gone when
 * the last process closes it.
 *
 * @see {@link https://man7.org/linux/man-pages/man7/fifo.7.html | fifo(7)}
 *
 * @example A reader that outlives its writers
 * ```ts
 * import { mkfifo, openFifo } from "@ipc/fifo";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * const path = `${folder}/log`;
 * mkfifo(path);
 *
 * using log = await openFifo(path, { read: true, keepOpen: true });
 * for (const line of ["one", "two"]) {
 *   await new Deno.Command("sh", { args: ["-c", `echo ${line} > ${path}`] })
 *     .output();
 *   const buffer = new Uint8Array(64);
 *   const count = await log.read(buffer, { timeout: 5000 });
 *   assertEquals(new TextDecoder().decode(buffer.subarray(0, count!)), `${line}\n`);
 * }
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export class Fifo {
  /** Where it is. */
  readonly path: string;
  readonly #reader: ByteReader | undefined;
  readonly #writer: ByteWriter | undefined;
  readonly #keeper: FileDescriptor | undefined;

  /**
   * Use {@linkcode openFifo}.
   *
   * @ignore
   */
  constructor(path: string, parts: FifoParts) {
    const { reader, writer, keeper, unread, wait } = parts;
    const object = `FIFO ${JSON.stringify(path)}`;
    this.path = path;
    this.#reader = reader && new ByteReader(reader, object, wait, unread);
    this.#writer = writer && new ByteWriter(writer, object, wait);
    this.#keeper = keeper;
  }

  /**
   * The descriptor, that for reading if there are two, or −1 once it is
   * closed. It stays this object's: do not close it.
   */
  get fd(): number {
    return (this.#reader ?? this.#writer)!.fd;
  }

  /**
   * The descriptors: that for reading, that for writing, or both. They stay
   * this object's.
   */
  get fds(): number[] {
    return [this.#reader, this.#writer].filter((end) => end !== undefined)
      .map((end) => end.fd);
  }

  /**
   * How many bytes the FIFO holds before a writer has to wait: 65,536 unless
   * it was set. The system rounds what is set up to whole pages, and an
   * ordinary user may have 1 MiB by default. It lasts as long as somebody has
   * the FIFO open.
   *
   * `fcntl(2)` with `F_GETPIPE_SZ` and `F_SETPIPE_SZ`. Linux only.
   *
   * @throws {Deno.errors.NotSupported} On macOS.
   * @throws {Deno.errors.PermissionDenied} If it is set above the limit.
   * @throws {Deno.errors.Busy} If the FIFO holds more bytes than are set.
   * @throws {RangeError} If what is set is not a whole number from 1.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  get capacity(): number {
    return capacityOf(this.fd);
  }
  set capacity(size: number) {
    setCapacityOf(this.fd, size);
  }

  /**
   * Reads bytes that are there, and waits until there are some. It does not
   * block the event loop. Reads are served in order.
   *
   * `read(2)`.
   *
   * @param p Where to put the bytes.
   * @param options When to give up.
   * @returns How many bytes were read, at least one; `null` at the end, when
   * nobody has it open for writing any more; 0 only if `p` is empty.
   * @throws {Deno.errors.TimedOut} If there are none in time.
   * @throws {Deno.errors.PermissionDenied} If it is open for writing only.
   * @throws {Deno.errors.BadResource} If it is closed, now or meanwhile.
   * @throws {unknown} The signal's reason, if it is aborted. Nothing is lost.
   */
  read(p: Uint8Array, options?: WaitOptions): Promise<number | null> {
    return this.#reader?.read(p, options) ??
      Promise.reject(this.#refusal("read from", "writing"));
  }

  /**
   * Reads bytes that are there, and blocks the thread until there are some.
   *
   * `read(2)`, `poll(2)`.
   *
   * @param p Where to put the bytes.
   * @param options When to give up.
   * @returns How many bytes were read, at least one; `null` at the end, when
   * nobody has it open for writing any more; 0 only if `p` is empty.
   * @throws {Deno.errors.TimedOut} If there are none in time.
   * @throws {Deno.errors.PermissionDenied} If it is open for writing only.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  readSync(p: Uint8Array, options?: SyncWaitOptions): number | null {
    return this.#forReading().readSync(p, options);
  }

  /**
   * Reads bytes that are there now.
   *
   * `read(2)`.
   *
   * @param p Where to put the bytes.
   * @returns How many bytes were read; `null` at the end; `undefined` if there
   * are none yet, or another read waits for them.
   * @throws {Deno.errors.PermissionDenied} If it is open for writing only.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  tryRead(p: Uint8Array): number | null | undefined {
    return this.#forReading().tryRead(p);
  }

  /**
   * The bytes as a stream, which can be read into buffers of one's own. It
   * reads only when its consumer asks, so that a slow one stops the writers.
   *
   * @throws {Deno.errors.PermissionDenied} If it is open for writing only.
   */
  get readable(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return this.#forReading().readable;
  }

  /**
   * Writes bytes, and waits until there is room for some. It does not block
   * the event loop. Writes are served in order.
   *
   * `write(2)`.
   *
   * @param p The bytes.
   * @param options When to give up.
   * @returns How many bytes were written, which may be fewer than there are.
   * @throws {Deno.errors.BrokenPipe} If nobody has it open for reading.
   * @throws {Deno.errors.TimedOut} If there is no room in time.
   * @throws {Deno.errors.PermissionDenied} If it is open for reading only.
   * @throws {Deno.errors.BadResource} If it is closed, now or meanwhile.
   * @throws {unknown} The signal's reason, if it is aborted. Nothing is
   * written.
   */
  write(p: Uint8Array, options?: WaitOptions): Promise<number> {
    return this.#writer?.write(p, options) ??
      Promise.reject(this.#refusal("write to", "reading"));
  }

  /**
   * Writes bytes, and blocks the thread until there is room for some.
   *
   * `write(2)`, `poll(2)`.
   *
   * @param p The bytes.
   * @param options When to give up.
   * @returns How many bytes were written, which may be fewer than there are.
   * @throws {Deno.errors.BrokenPipe} If nobody has it open for reading.
   * @throws {Deno.errors.TimedOut} If there is no room in time.
   * @throws {Deno.errors.PermissionDenied} If it is open for reading only.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  writeSync(p: Uint8Array, options?: SyncWaitOptions): number {
    return this.#forWriting().writeSync(p, options);
  }

  /**
   * Writes bytes for which there is room now.
   *
   * `write(2)`.
   *
   * @param p The bytes.
   * @returns How many bytes were written; `undefined` if there is no room, or
   * another write waits for it.
   * @throws {Deno.errors.BrokenPipe} If nobody has it open for reading.
   * @throws {Deno.errors.PermissionDenied} If it is open for reading only.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  tryWrite(p: Uint8Array): number | undefined {
    return this.#forWriting().tryWrite(p);
  }

  /**
   * A stream whose chunks are written, each as a whole.
   *
   * @throws {Deno.errors.PermissionDenied} If it is open for reading only.
   */
  get writable(): WritableStream<Uint8Array> {
    return this.#forWriting().writable;
  }

  /**
   * Told that a child process has it.
   *
   * @ignore
   */
  inherited(): void {
    this.#reader?.inherited();
    this.#writer?.inherited();
  }

  /**
   * Closes it; waits that are pending reject with `Deno.errors.BadResource`.
   * The FIFO stays in the file system. Doing so again does nothing.
   *
   * `close(2)`.
   */
  close(): void {
    this.#reader?.close();
    this.#writer?.close();
    this.#keeper?.close();
  }

  /** Closes it. */
  [Symbol.dispose](): void {
    this.close();
  }

  #forReading(): ByteReader {
    if (this.#reader !== undefined) return this.#reader;
    throw this.#refusal("read from", "writing");
  }

  #forWriting(): ByteWriter {
    if (this.#writer !== undefined) return this.#writer;
    throw this.#refusal("write to", "reading");
  }

  #refusal(verb: string, mode: string): Error {
    const object = `FIFO ${JSON.stringify(this.path)}`;
    return new Deno.errors.PermissionDenied(
      `Cannot ${verb} ${object}: it was opened for ${mode} only`,
    );
  }
}
