import type { WaitOptions, WaitStrategy } from "@ipc/libc";
import type { SyncWaitOptions } from "@ipc/libc/rings";
import { describe } from "./_layout.ts";
import type { RingMemory } from "./_memory.ts";
import { Receiver } from "./_receiver.ts";
import { Steps } from "./_steps.ts";
import { VIEW } from "./_target.ts";

/** Options of {@linkcode RingReader.batches}. */
export interface RingBatchOptions extends Pick<WaitOptions, "signal"> {
  /**
   * How many messages a batch has at most.
   *
   * @default {256}
   */
  maxMessages?: number;
  /**
   * Whether messages are copied. If not, they are views of the ring, which
   * are valid until the next step of the loop.
   *
   * @default {true}
   */
  copy?: boolean;
}

/**
 * The consumer of a ring: it receives messages from the memory that it shares
 * with their producers. {@linkcode openRingReader} opens it.
 *
 * While there are messages, receiving them calls nothing of the system.
 * Messages of one producer come in the order in which they were sent.
 *
 * When every producer has closed the ring and everything is received, the
 * next wait ends with `null`, once, and the wait after it waits for another
 * producer.
 *
 * When a producer has died, a wait fails with `Deno.errors.ConnectionReset`,
 * once, after all that this producer had sent was received, even while others
 * go on sending. The error's `cause` is `{ pid, lane }`: its process, and its
 * place among the producers, which is the first free one, from 0. The next
 * wait goes on with the others. If none is left, the error takes the place of
 * `null`.
 *
 * Who waits is told at once, because the kernel wakes it; who calls
 * `tryReceive`, or is kept busy by other producers, within 20 milliseconds, or
 * after as many of the messages that are there as make 4 KiB, if it takes its
 * time over each. A producer is there once it is opened.
 *
 * A peer that writes nonsense into the memory causes
 * `Deno.errors.InvalidData`, or messages that nobody sent. A peer that shrinks
 * the memory kills this process (SIGBUS): share a ring with processes that
 * may do that.
 *
 * @see {@link https://man7.org/linux/man-pages/man7/shm_overview.7.html | shm_overview(7)}
 *
 * @example Usage
 * ```ts
 * import { openRingReader, openRingWriter, unlinkRing } from "@ipc/ring";
 * import { assertEquals } from "@std/assert";
 *
 * using reader = openRingReader(null, { capacity: 65_536 });
 * using writer = openRingWriter(reader.name); // in another process
 * writer.sendSync(new Uint8Array([1, 2, 3]));
 * writer.close();
 *
 * for await (const message of reader) assertEquals([...message], [1, 2, 3]);
 * unlinkRing(reader.name);
 * ```
 */
export class RingReader {
  /** The name of the ring. */
  readonly name: string;
  /** Whether opening it created it. */
  readonly created: boolean;
  /** How many bytes the ring holds for each producer. */
  readonly capacity: number;
  /** The longest message, in bytes. */
  readonly maxMessageLength: number;
  readonly #receiver: Receiver;

  /**
   * Use {@linkcode openRingReader}.
   *
   * @ignore
   */
  constructor(memory: RingMemory, wait: WaitStrategy) {
    this.name = memory.name;
    this.created = memory.created;
    this.capacity = memory.shape.capacity;
    this.maxMessageLength = memory.longest;
    this.#receiver = new Receiver(memory, wait);
  }

  /**
   * Receives a message, and waits until there is one. It does not block the
   * event loop. Waits are served in order.
   *
   * @param options When to give up.
   * @returns The message, which is the caller's; `null` at the end.
   * @throws {Deno.errors.TimedOut} If there is none in time.
   * @throws {Deno.errors.ConnectionReset} If a producer has died, once.
   * @throws {Deno.errors.InvalidData} If the memory is damaged.
   * @throws {Deno.errors.BadResource} If it is closed, now or meanwhile.
   * @throws {unknown} The signal's reason, if it is aborted. Nothing is lost:
   * the next receive gets what came.
   */
  receive(options?: WaitOptions): Promise<Uint8Array<ArrayBuffer> | null> {
    return this.#receiver.run(null, options) as Promise<
      Uint8Array<ArrayBuffer> | null
    >;
  }

  /**
   * Receives a message, and blocks the thread until there is one.
   *
   * `poll(2)`.
   *
   * @param options When to give up.
   * @returns The message, which is the caller's; `null` at the end.
   * @throws {Deno.errors.TimedOut} If there is none in time.
   * @throws {Deno.errors.ConnectionReset} If a producer has died, once.
   * @throws {Deno.errors.InvalidData} If the memory is damaged.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  receiveSync(options?: SyncWaitOptions): Uint8Array<ArrayBuffer> | null {
    return this.#receiver.runSync(null, options) as
      | Uint8Array<ArrayBuffer>
      | null;
  }

  /**
   * Receives a message if there is one.
   *
   * @returns The message, which is the caller's; `undefined` if there is none,
   * or a pending wait comes first; `null` at the end.
   * @throws {Deno.errors.ConnectionReset} If a producer has died, once.
   * @throws {Deno.errors.InvalidData} If the memory is damaged.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  tryReceive(): Uint8Array<ArrayBuffer> | null | undefined {
    return this.#receiver.runNow(null) as
      | Uint8Array<ArrayBuffer>
      | null
      | undefined;
  }

  /**
   * Receives a message into a buffer, and waits until there is one. It does
   * not block the event loop, and allocates nothing for the message.
   *
   * @param p Where to put it: with room for the longest message that is sent.
   * @param options When to give up.
   * @returns Its length in bytes; `null` at the end.
   * @throws {RangeError} If the buffer is too small; the message stays.
   * @throws {TypeError} If `p` is no `Uint8Array`.
   * @throws {Deno.errors.TimedOut} If there is none in time.
   * @throws {Deno.errors.ConnectionReset} If a producer has died, once.
   * @throws {Deno.errors.InvalidData} If the memory is damaged.
   * @throws {Deno.errors.BadResource} If it is closed, now or meanwhile.
   * @throws {unknown} The signal's reason, if it is aborted.
   */
  receiveInto(p: Uint8Array, options?: WaitOptions): Promise<number | null> {
    return p instanceof Uint8Array
      ? this.#receiver.run(p, options) as Promise<number | null>
      : Promise.reject(this.#notBytes(p));
  }

  /**
   * Receives a message into a buffer, and blocks the thread until there is
   * one.
   *
   * `poll(2)`.
   *
   * @param p Where to put it: with room for the longest message that is sent.
   * @param options When to give up.
   * @returns Its length in bytes; `null` at the end.
   * @throws {RangeError} If the buffer is too small; the message stays.
   * @throws {TypeError} If `p` is no `Uint8Array`.
   * @throws {Deno.errors.TimedOut} If there is none in time.
   * @throws {Deno.errors.ConnectionReset} If a producer has died, once.
   * @throws {Deno.errors.InvalidData} If the memory is damaged.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  receiveIntoSync(p: Uint8Array, options?: SyncWaitOptions): number | null {
    return this.#receiver.runSync(this.#check(p), options) as number | null;
  }

  /**
   * Receives a message into a buffer if there is one.
   *
   * @param p Where to put it: with room for the longest message that is sent.
   * @returns Its length in bytes; `undefined` if there is none, or a pending
   * wait comes first; `null` at the end.
   * @throws {RangeError} If the buffer is too small; the message stays.
   * @throws {TypeError} If `p` is no `Uint8Array`.
   * @throws {Deno.errors.ConnectionReset} If a producer has died, once.
   * @throws {Deno.errors.InvalidData} If the memory is damaged.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  tryReceiveInto(p: Uint8Array): number | null | undefined {
    return this.#receiver.runNow(this.#check(p)) as number | null | undefined;
  }

  /**
   * Looks at the next message where it is, and waits until there is one. It
   * does not block the event loop. Each call looks at the message after the
   * one before, until {@linkcode release}.
   *
   * @param options When to give up.
   * @returns A view of the message, valid until it is released; `null` at the
   * end.
   * @throws {Deno.errors.TimedOut} If there is none in time.
   * @throws {Deno.errors.ConnectionReset} If a producer has died, once.
   * @throws {Deno.errors.InvalidData} If the memory is damaged.
   * @throws {Deno.errors.BadResource} If it is closed, now or meanwhile.
   * @throws {unknown} The signal's reason, if it is aborted.
   */
  peek(options?: WaitOptions): Promise<Uint8Array<ArrayBuffer> | null> {
    return this.#receiver.run(VIEW, options) as Promise<
      Uint8Array<ArrayBuffer> | null
    >;
  }

  /**
   * Looks at the next message where it is, and blocks the thread until there
   * is one.
   *
   * `poll(2)`.
   *
   * @param options When to give up.
   * @returns A view of the message, valid until it is released; `null` at the
   * end.
   * @throws {Deno.errors.TimedOut} If there is none in time.
   * @throws {Deno.errors.ConnectionReset} If a producer has died, once.
   * @throws {Deno.errors.InvalidData} If the memory is damaged.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  peekSync(options?: SyncWaitOptions): Uint8Array<ArrayBuffer> | null {
    return this.#receiver.runSync(VIEW, options) as
      | Uint8Array<ArrayBuffer>
      | null;
  }

  /**
   * Looks at the next message where it is, if there is one. Each call looks at
   * the message after the one before, until {@linkcode release}.
   *
   * @returns A view of the message, valid until it is released; `undefined` if
   * there is none, or a pending wait comes first; `null` at the end.
   * @throws {Deno.errors.ConnectionReset} If a producer has died, once.
   * @throws {Deno.errors.InvalidData} If the memory is damaged.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  tryPeek(): Uint8Array<ArrayBuffer> | null | undefined {
    return this.#receiver.runNow(VIEW) as
      | Uint8Array<ArrayBuffer>
      | null
      | undefined;
  }

  /**
   * Gives the room of all messages that were looked at back to the producers.
   * Until then they are in the ring, and the next consumer gets them if this
   * one dies. Receiving a message does the same.
   *
   * Views of them are not to be used any more: their bytes change.
   *
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  release(): void {
    this.#receiver.side.releaseAll();
  }

  /**
   * The messages as they come, each a copy. It ends with the ring's end, or
   * when the reader is closed; leaving the loop loses none.
   *
   * @param options When to give up, if a signal is aborted.
   * @returns The messages.
   * @throws {Deno.errors.ConnectionReset} If a producer has died, once; another
   * loop goes on.
   * @throws {unknown} The signal's reason, if it is aborted.
   */
  messages(
    options?: Pick<WaitOptions, "signal">,
  ): AsyncIterableIterator<Uint8Array<ArrayBuffer>, void, void> {
    return new Steps(
      () => this.receive(options),
      () => this.#receiver.isClosed,
    );
  }

  /** The messages as they come. */
  [Symbol.asyncIterator](): AsyncIterableIterator<
    Uint8Array<ArrayBuffer>,
    void,
    void
  > {
    return this.messages();
  }

  /**
   * The messages as they come, in arrays of all that are there: much faster
   * than one after the other.
   *
   * @param options How many, how, and when to give up.
   * @returns The batches, none of which is empty. A batch that is not copied
   * is released when the next one is asked for.
   * @throws {Deno.errors.ConnectionReset} If a producer has died, once.
   * @throws {unknown} The signal's reason, if it is aborted.
   */
  batches(
    options: RingBatchOptions = {},
  ): AsyncIterableIterator<Uint8Array<ArrayBuffer>[], void, void> {
    const { maxMessages = 256, copy = true, signal } = options;
    if (!(maxMessages >= 1)) {
      throw new RangeError(
        `Cannot use maxMessages ${maxMessages}: it must be at least 1`,
      );
    }
    const wait = { signal };
    return new Steps(
      () => this.#receiver.batch(maxMessages, copy, wait),
      () => this.#receiver.isClosed,
    );
  }

  /** How many producers are there; one that died is until it is noticed. */
  get producers(): number {
    return this.#receiver.side.producers;
  }

  /**
   * How many messages the producers have dropped to make room, since the ring
   * was created, modulo 2^32; none unless it was created with `dropOldest`.
   */
  get dropped(): number {
    return this.#receiver.side.dropped;
  }

  /**
   * Leaves the ring; waits that are pending reject with
   * `Deno.errors.BadResource`, and views have no bytes any more. What was not
   * received stays for the next consumer. Doing so again does nothing.
   *
   * `munmap(2)`, `close(2)`.
   */
  close(): void {
    this.#receiver.close();
  }

  /** Closes it. */
  [Symbol.dispose](): void {
    this.close();
  }

  #check(p: Uint8Array): Uint8Array {
    if (!(p instanceof Uint8Array)) throw this.#notBytes(p);
    return p;
  }

  #notBytes(p: unknown): Error {
    return new TypeError(
      `Cannot receive from ${describe(this.name)}: ` +
        `expected a Uint8Array, got ${typeof p}`,
    );
  }
}
