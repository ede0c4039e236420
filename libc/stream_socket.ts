import { ByteReader } from "./byte_reader.ts";
import { ByteWriter } from "./byte_writer.ts";
import type { SocketDescriptor } from "./socket_descriptor.ts";
import type { SyncWaitOptions } from "./transfers.ts";
import type { WaitOptions } from "./wait_queue.ts";
import type { WaitStrategy } from "./wait_strategy.ts";

/**
 * A connection that carries a stream of bytes each way: one descriptor, read
 * and written.
 */
export class StreamSocket {
  /** Where bytes come out. */
  readonly reader: ByteReader;
  /** Where bytes go in. */
  readonly writer: ByteWriter;
  readonly #descriptor: SocketDescriptor;

  /**
   * Takes a socket over.
   *
   * @ignore
   */
  constructor(
    descriptor: SocketDescriptor,
    object: string,
    wait: WaitStrategy,
  ) {
    this.#descriptor = descriptor;
    this.reader = new ByteReader(descriptor.reading, object, wait);
    this.writer = new ByteWriter(descriptor.writing, object, wait);
  }

  /**
   * The descriptor, or −1 once it is closed. It stays this object's: do not
   * close it.
   */
  get fd(): number {
    return this.#descriptor.fd;
  }

  /**
   * Reads bytes that are there, and waits until there are some. It does not
   * block the event loop. Reads are served in order.
   *
   * `recv(2)`.
   *
   * @param p Where to put the bytes.
   * @param options When to give up.
   * @returns How many bytes were read, at least one; `null` at the end, when
   * the other side writes no more; 0 only if `p` is empty.
   * @throws {Deno.errors.ConnectionReset} If the other side is gone, and had
   * not read everything. What it wrote before is read first.
   * @throws {Deno.errors.TimedOut} If there are none in time.
   * @throws {Deno.errors.BadResource} If it is closed, now or meanwhile.
   * @throws {TypeError} If `p` is no `Uint8Array`.
   * @throws {unknown} The signal's reason, if it is aborted. Nothing is lost:
   * the next read gets what arrived.
   */
  read(p: Uint8Array, options?: WaitOptions): Promise<number | null> {
    return this.reader.read(p, options);
  }

  /**
   * Reads bytes that are there, and blocks the thread until there are some.
   *
   * `recv(2)`, `poll(2)`.
   *
   * @param p Where to put the bytes.
   * @param options When to give up.
   * @returns How many bytes were read, at least one; `null` at the end, when
   * the other side writes no more; 0 only if `p` is empty.
   * @throws {Deno.errors.ConnectionReset} If the other side is gone, and had
   * not read everything. What it wrote before is read first.
   * @throws {Deno.errors.TimedOut} If there are none in time.
   * @throws {Deno.errors.BadResource} If it is closed.
   * @throws {TypeError} If `p` is no `Uint8Array`.
   */
  readSync(p: Uint8Array, options?: SyncWaitOptions): number | null {
    return this.reader.readSync(p, options);
  }

  /**
   * Reads bytes that are there now.
   *
   * `recv(2)`.
   *
   * @param p Where to put the bytes.
   * @returns How many bytes were read; `null` at the end; `undefined` if there
   * are none yet, or another read waits for them.
   * @throws {Deno.errors.ConnectionReset} If the other side is gone, and had
   * not read everything.
   * @throws {Deno.errors.BadResource} If it is closed.
   * @throws {TypeError} If `p` is no `Uint8Array`.
   */
  tryRead(p: Uint8Array): number | null | undefined {
    return this.reader.tryRead(p);
  }

  /**
   * Writes bytes, and waits until there is room for some. It does not block
   * the event loop. Writes are served in order.
   *
   * `send(2)`.
   *
   * @param p The bytes.
   * @param options When to give up.
   * @returns How many bytes were written, which may be fewer than there are.
   * @throws {Deno.errors.BrokenPipe} If the other side reads no more.
   * @throws {Deno.errors.TimedOut} If there is no room in time.
   * @throws {Deno.errors.BadResource} If it is closed, now or meanwhile, or
   * its writing is.
   * @throws {TypeError} If `p` is no `Uint8Array`.
   * @throws {unknown} The signal's reason, if it is aborted. Nothing is
   * written.
   */
  write(p: Uint8Array, options?: WaitOptions): Promise<number> {
    return this.writer.write(p, options);
  }

  /**
   * Writes bytes, and blocks the thread until there is room for some.
   *
   * `send(2)`, `poll(2)`.
   *
   * @param p The bytes.
   * @param options When to give up.
   * @returns How many bytes were written, which may be fewer than there are.
   * @throws {Deno.errors.BrokenPipe} If the other side reads no more.
   * @throws {Deno.errors.TimedOut} If there is no room in time.
   * @throws {Deno.errors.BadResource} If it is closed, or its writing is.
   * @throws {TypeError} If `p` is no `Uint8Array`.
   */
  writeSync(p: Uint8Array, options?: SyncWaitOptions): number {
    return this.writer.writeSync(p, options);
  }

  /**
   * Writes bytes for which there is room now.
   *
   * `send(2)`.
   *
   * @param p The bytes.
   * @returns How many bytes were written; `undefined` if there is no room, or
   * another write waits for it.
   * @throws {Deno.errors.BrokenPipe} If the other side reads no more.
   * @throws {Deno.errors.BadResource} If it is closed, or its writing is.
   * @throws {TypeError} If `p` is no `Uint8Array`.
   */
  tryWrite(p: Uint8Array): number | undefined {
    return this.writer.tryWrite(p);
  }

  /**
   * The bytes as a stream, which can be read into buffers of one's own. It
   * reads only when its consumer asks, so that a slow one stops the writer.
   * Its end closes nothing else; its cancellation tells the other side, whose
   * writes then fail.
   */
  get readable(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return this.reader.readable;
  }

  /**
   * A stream whose chunks are written, each as a whole. Its end is what
   * {@linkcode closeWrite} does.
   */
  get writable(): WritableStream<Uint8Array> {
    return this.writer.writable;
  }

  /**
   * Ends writing: the other side reads the end, and can still write. Doing so
   * again does nothing.
   *
   * `shutdown(2)`.
   */
  closeWrite(): void {
    this.writer.close();
  }

  /**
   * Closes it; waits that are pending reject with `Deno.errors.BadResource`.
   * Doing so again does nothing.
   *
   * `close(2)`.
   */
  close(): void {
    this.#descriptor.beginClose();
    this.reader.close();
    this.writer.close();
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

  /** Closes it. */
  [Symbol.dispose](): void {
    this.close();
  }
}
