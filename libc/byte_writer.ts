import { Transfers } from "./transfers.ts";
import type { Descriptor, SyncWaitOptions } from "./transfers.ts";
import { checkBytes } from "./bytes.ts";
import { POLLOUT } from "./poll.ts";
import { tryWrite, WOULD_BLOCK } from "./unistd.ts";
import type { WaitOptions } from "./wait_queue.ts";
import type { WaitStrategy } from "./wait_strategy.ts";

/** What bytes are written to. */
export interface WritableDescriptor extends Descriptor {
  /** Writes as `tryWrite` of `unistd.ts` does, by another call. */
  tryWrite?(source: Uint8Array<ArrayBuffer>, action: string): number;
}

/**
 * The writing side of a byte stream: a pipe, a FIFO or a stream socket.
 */
export class ByteWriter {
  /** What a write does to what, for messages. */
  readonly #action: string;
  readonly #descriptor: WritableDescriptor;
  readonly #transfers: Transfers<Uint8Array, number>;
  #writable: WritableStream<Uint8Array> | undefined;

  /**
   * Takes a descriptor over.
   *
   * @ignore
   */
  constructor(
    descriptor: WritableDescriptor,
    object: string,
    wait: WaitStrategy,
  ) {
    this.#descriptor = descriptor;
    this.#action = `write to ${object}`;
    this.#transfers = new Transfers(descriptor, {
      action: this.#action,
      check: checkBytes,
      event: POLLOUT,
      attempt: (bytes) => this.#attempt(bytes),
    }, wait);
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
   * @throws {Deno.errors.BrokenPipe} If nobody can read them any more.
   * @throws {Deno.errors.TimedOut} If there is no room in time.
   * @throws {Deno.errors.BadResource} If it is closed, now or meanwhile.
   * @throws {TypeError} If `p` is no `Uint8Array`.
   * @throws {unknown} The signal's reason, if it is aborted. Nothing is
   * written.
   */
  write(p: Uint8Array, options?: WaitOptions): Promise<number> {
    if (options !== undefined || !this.#transfers.isReadyAsync) {
      return this.#transfers.run(p, options);
    }
    // The short way, for what has nothing to be looked at first.
    try {
      checkBytes(p);
      const result = this.#attempt(p);
      return result === undefined
        ? this.#transfers.wait(p)
        : this.#transfers.done(result);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Writes bytes, and blocks the thread until there is room for some.
   *
   * `write(2)`, `poll(2)`.
   *
   * @param p The bytes.
   * @param options When to give up.
   * @returns How many bytes were written, which may be fewer than there are.
   * @throws {Deno.errors.BrokenPipe} If nobody can read them any more.
   * @throws {Deno.errors.TimedOut} If there is no room in time.
   * @throws {Deno.errors.BadResource} If it is closed.
   * @throws {TypeError} If `p` is no `Uint8Array`.
   */
  writeSync(p: Uint8Array, options?: SyncWaitOptions): number {
    if (options !== undefined || !this.#transfers.goesShortWay()) {
      return this.#transfers.runSync(p, options);
    }
    // The short way, for what has nothing to be looked at first.
    checkBytes(p);
    return this.#attempt(p) ?? this.#transfers.waitSync(p);
  }

  /**
   * Writes bytes for which there is room now.
   *
   * `write(2)`.
   *
   * @param p The bytes.
   * @returns How many bytes were written; `undefined` if there is no room, or
   * another write waits for it.
   * @throws {Deno.errors.BrokenPipe} If nobody can read them any more.
   * @throws {Deno.errors.BadResource} If it is closed.
   * @throws {TypeError} If `p` is no `Uint8Array`.
   */
  tryWrite(p: Uint8Array): number | undefined {
    return this.#transfers.runNow(p);
  }

  /**
   * A stream whose chunks are written, each as a whole. Its end, or its
   * failure, closes this.
   */
  get writable(): WritableStream<Uint8Array> {
    return this.#writable ??= new WritableStream({
      write: (chunk, controller) => this.#writeAll(chunk, controller.signal),
      close: () => this.close(),
      abort: () => this.close(),
    });
  }

  async #writeAll(chunk: Uint8Array, signal: AbortSignal): Promise<void> {
    try {
      checkBytes(chunk);
      for (let at = 0; at < chunk.byteLength;) {
        at += await this.write(chunk.subarray(at), { signal });
      }
    } catch (error) {
      // A stream that failed tells nobody, and writes no more.
      this.close();
      throw error;
    }
  }

  /**
   * The descriptor, or −1 once it is closed. It stays this object's: do not
   * close it.
   */
  get fd(): number {
    return this.#transfers.fd;
  }

  /**
   * Closes the descriptor; waits that are pending reject with
   * `Deno.errors.BadResource`. Doing so again does nothing.
   *
   * `close(2)`.
   */
  close(): void {
    this.#transfers.close();
  }

  /**
   * Told that a child process has it.
   *
   * @ignore
   */
  inherited(): void {
    this.#transfers.forgetMode();
  }

  /** Closes it. */
  [Symbol.dispose](): void {
    this.close();
  }

  #attempt(bytes: Uint8Array): number | undefined {
    if (bytes.byteLength === 0) return 0;
    const source = bytes as Uint8Array<ArrayBuffer>;
    const descriptor = this.#descriptor;
    const count = descriptor.tryWrite === undefined
      ? tryWrite(descriptor.fd, source, this.#action)
      : descriptor.tryWrite(source, this.#action);
    return count === WOULD_BLOCK ? undefined : count;
  }
}
