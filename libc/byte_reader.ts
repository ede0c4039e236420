import { Arrival } from "./arrival.ts";
import { Transfers } from "./transfers.ts";
import type { Descriptor, SyncWaitOptions } from "./transfers.ts";
import { checkBytes } from "./bytes.ts";
import { Errno } from "./errno.ts";
import type { ErrnoName } from "./errno.ts";
import { osError } from "./error.ts";
import { POLLIN, pollNow } from "./poll.ts";
import { whenReadyToo } from "./reactor.ts";
import { tryRead, WOULD_BLOCK } from "./unistd.ts";
import type { WaitOptions } from "./wait_queue.ts";
import type { WaitStrategy } from "./wait_strategy.ts";

/** How many bytes `readable` asks for when its consumer brings no buffer. */
const CHUNK_SIZE = 65_536;

/** After how many rests, of 32 reads each, the event loop lets go. */
const MOST_RESTS = 8;

/** What bytes are read from. */
export interface ReadableDescriptor extends Descriptor {
  /** Reads as `tryRead` of `unistd.ts` does, by another call. */
  tryRead?(target: Uint8Array<ArrayBuffer>, action: string): number;
}

/**
 * The reading side of a byte stream: a pipe, a FIFO or a stream socket.
 */
export class ByteReader {
  /** What a read does to what, for messages. */
  readonly #action: string;
  readonly #descriptor: ReadableDescriptor;
  readonly #transfers: Transfers<Uint8Array, number | null>;
  /** Bytes that opening it has read. */
  #unread: Uint8Array<ArrayBuffer> | undefined;
  #arrival: Arrival | undefined;
  /** Whether an async read has slept, and how many rests came since. */
  #hasSlept = false;
  #rests = 0;
  #takeBack: (() => void) | undefined;
  #readable: ReadableStream<Uint8Array<ArrayBuffer>> | undefined;

  /**
   * Takes a descriptor over.
   *
   * @ignore
   */
  constructor(
    descriptor: ReadableDescriptor,
    object: string,
    wait: WaitStrategy,
    unread?: Uint8Array<ArrayBuffer>,
  ) {
    this.#action = `read from ${object}`;
    this.#descriptor = descriptor;
    this.#unread = unread?.byteLength === 0 ? undefined : unread;
    this.#transfers = new Transfers(descriptor, {
      action: this.#action,
      check: checkBytes,
      event: POLLIN,
      isNothing: (bytes) => bytes.byteLength === 0,
      attempt: (bytes) => this.#attempt(bytes),
      waker: {
        arm: () => this.#arm(),
        disarm: () => this.#disarm(),
        rest: () => this.#rest(),
        close: () => this.#arrival?.close(),
      },
    }, wait);
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
   * nobody can write any more; 0 only if `p` is empty.
   * @throws {Deno.errors.TimedOut} If there are none in time.
   * @throws {Deno.errors.BadResource} If it is closed, now or meanwhile.
   * @throws {TypeError} If `p` is no `Uint8Array`.
   * @throws {unknown} The signal's reason, if it is aborted. Nothing is lost:
   * the next read gets what arrived.
   */
  read(p: Uint8Array, options?: WaitOptions): Promise<number | null> {
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
   * Reads bytes that are there, and blocks the thread until there are some.
   *
   * `read(2)`, `poll(2)`.
   *
   * @param p Where to put the bytes.
   * @param options When to give up.
   * @returns How many bytes were read, at least one; `null` at the end, when
   * nobody can write any more; 0 only if `p` is empty.
   * @throws {Deno.errors.TimedOut} If there are none in time.
   * @throws {Deno.errors.BadResource} If it is closed.
   * @throws {TypeError} If `p` is no `Uint8Array`.
   */
  readSync(p: Uint8Array, options?: SyncWaitOptions): number | null {
    if (options !== undefined || !this.#transfers.goesShortWay()) {
      return this.#transfers.runSync(p, options);
    }
    // The short way, for what has nothing to be looked at first.
    checkBytes(p);
    const result = this.#attempt(p);
    return result === undefined ? this.#transfers.waitSync(p) : result;
  }

  /**
   * Reads bytes that are there now.
   *
   * `read(2)`.
   *
   * @param p Where to put the bytes.
   * @returns How many bytes were read; `null` at the end; `undefined` if there
   * are none yet, or another read waits for them.
   * @throws {Deno.errors.BadResource} If it is closed.
   * @throws {TypeError} If `p` is no `Uint8Array`.
   */
  tryRead(p: Uint8Array): number | null | undefined {
    return this.#transfers.runNow(p);
  }

  /**
   * The bytes as a stream, which can be read into buffers of one's own. It
   * reads only when its consumer asks, so that a slow one stops the writer.
   * Its end, or its cancellation, closes this.
   */
  get readable(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return this.#readable ??= new ReadableStream({
      type: "bytes",
      autoAllocateChunkSize: CHUNK_SIZE,
      pull: (controller) => this.#pull(controller),
      cancel: () => this.close(),
    });
  }

  async #pull(controller: ReadableByteStreamController): Promise<void> {
    const request = controller.byobRequest!;
    const view = request.view as Uint8Array<ArrayBuffer>;
    const count = await this.read(view);
    if (count !== null) return request.respond(count);
    this.close();
    controller.close();
    request.respond(0);
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

  // What is seldom met has functions of its own, for V8 to inline the rest.
  #attempt(bytes: Uint8Array): number | null | undefined {
    if (bytes.byteLength === 0 || this.#hasBuffered) {
      return this.#takeAndRead(bytes);
    }
    const count = this.#readNow(bytes);
    return count > 0 ? count : this.#outcomeOf(count);
  }

  /** Whether bytes were read before they were asked for. */
  get #hasBuffered(): boolean {
    return this.#unread !== undefined || (this.#arrival?.length ?? 0) > 0;
  }

  #takeAndRead(bytes: Uint8Array): number {
    if (bytes.byteLength === 0) return 0;
    if (this.#unread !== undefined) {
      return this.#append(this.#takeUnread(bytes), bytes);
    }
    const arrival = this.#arrival!;
    const isFull = arrival.isFull;
    const count = arrival.take(bytes);
    return isFull ? this.#append(count, bytes) : count;
  }

  /** What it means that no byte was read. */
  #outcomeOf(count: number): null | undefined {
    if (count === WOULD_BLOCK) return undefined;
    if (this.#arrival !== undefined) this.#checkFailure(this.#arrival);
    return null;
  }

  /** Throws what the event loop was told in place of this. */
  #checkFailure(arrival: Arrival): void {
    const failure = arrival.takeFailure();
    const number = failure === undefined
      ? undefined
      : Errno[failure as ErrnoName];
    if (number !== undefined) throw osError(number, "read", this.#action);
  }

  /**
   * Takes bytes that were read before they were asked for.
   *
   * @ignore
   */
  takeBuffered(p: Uint8Array): number {
    if (this.#unread !== undefined) return this.#takeUnread(p);
    return this.#arrival?.take(p) ?? 0;
  }

  /** Reads what follows bytes that were read before they were asked for. */
  #append(count: number, bytes: Uint8Array): number {
    if (count === bytes.byteLength) return count;
    // The descriptor may wait by itself, and there are bytes to return.
    if ((pollNow(this.#transfers.fd, POLLIN) & POLLIN) === 0) return count;
    return count + Math.max(0, this.#readNow(bytes.subarray(count)));
  }

  #readNow(bytes: Uint8Array): number {
    const target = bytes as Uint8Array<ArrayBuffer>;
    const descriptor = this.#descriptor;
    return descriptor.tryRead === undefined
      ? tryRead(descriptor.fd, target, this.#action)
      : descriptor.tryRead(target, this.#action);
  }

  #takeUnread(bytes: Uint8Array): number {
    const unread = this.#unread!;
    const count = Math.min(unread.byteLength, bytes.byteLength);
    bytes.set(unread.subarray(0, count));
    this.#unread = count < unread.byteLength
      ? unread.subarray(count)
      : undefined;
    return count;
  }

  /**
   * Lets go of the event loop when nothing has slept for long: as long as it
   * watches a pipe, the kernel wakes it on every write, which takes a tenth of
   * the time of small ones.
   */
  #rest(): void {
    if (this.#arrival?.isIdle !== true || ++this.#rests < MOST_RESTS) return;
    this.#arrival.close();
    this.#arrival = undefined;
  }

  #arm(): void {
    this.#rests = 0;
    if (!this.#hasSlept) {
      this.#hasSlept = true;
      this.#takeBack = whenReadyToo(this.#transfers.fd, "read", () => {
        this.#takeBack = undefined;
        this.#transfers.serve();
      });
    }
    if (this.#takeBack !== undefined) return;
    this.#arrival ??= new Arrival(
      this.#transfers.fd,
      () => this.#transfers.serve(),
    );
    this.#arrival.arm();
  }

  #disarm(): void {
    this.#takeBack?.();
    this.#takeBack = undefined;
    this.#arrival?.disarm();
  }
}
