import type { WaitOptions, WaitStrategy } from "@ipc/libc";
import type { SyncWaitOptions } from "@ipc/libc/rings";
import type { RingMemory } from "./_memory.ts";
import { Sender } from "./_sender.ts";

/**
 * What sending does when the ring is full: it waits for room, or fails with
 * `Deno.errors.WouldBlock`.
 */
export type WhenFull = "wait" | "error";

/**
 * A producer of a ring: it sends messages into the memory that it shares with
 * the consumer. {@linkcode openRingWriter} opens it.
 *
 * While there is room, and the consumer is busy, sending calls nothing of the
 * system. What was sent stays in the ring until a consumer receives it, also
 * while none is there.
 *
 * When the consumer has closed the ring or died, and none has taken its
 * place, no send waits: each that finds no room, and each that was waiting,
 * throws `Deno.errors.BrokenPipe` and sends nothing, as a write to a pipe that
 * nobody reads does. Where there is room, one send throws it, the first after
 * the consumer slept or closed the ring; those after it leave their messages
 * to the next consumer. As soon as one is there, sending goes on. To wait for
 * it, try again now and then. Before the first consumer comes, sends wait.
 *
 * A consumer that is gone and replaced at once is not told of: what it left
 * goes to the next one, which makes room. A ring that drops its oldest
 * messages needs nobody to make room, and throws nothing of the kind.
 *
 * @see {@link https://man7.org/linux/man-pages/man7/shm_overview.7.html | shm_overview(7)}
 *
 * @example A message that is written where it is sent from
 * ```ts
 * import { openRingReader, openRingWriter, unlinkRing } from "@ipc/ring";
 * import { assertEquals } from "@std/assert";
 *
 * using writer = openRingWriter(null, { capacity: 4096 });
 * const bytes = writer.reserveSync(100);
 * const { written } = new TextEncoder().encodeInto("two teas", bytes);
 * writer.commit(written);
 *
 * using reader = openRingReader(writer.name); // in another process
 * assertEquals(new TextDecoder().decode(reader.peekSync()!), "two teas");
 * reader.release();
 * unlinkRing(writer.name);
 * ```
 */
export class RingWriter {
  /** The name of the ring. */
  readonly name: string;
  /** Whether opening it created it. */
  readonly created: boolean;
  /** How many bytes the ring holds for each producer. */
  readonly capacity: number;
  /** The longest message, in bytes. */
  readonly maxMessageLength: number;
  readonly #sender: Sender;

  /**
   * Use {@linkcode openRingWriter}.
   *
   * @ignore
   */
  constructor(memory: RingMemory, wait: WaitStrategy, whenFull: WhenFull) {
    this.name = memory.name;
    this.created = memory.created;
    this.capacity = memory.shape.capacity;
    this.maxMessageLength = memory.longest;
    this.#sender = new Sender(memory, wait, whenFull === "error");
  }

  /**
   * Sends a message, and waits until there is room for it. It does not block
   * the event loop. Messages that wait are sent in order; do not change their
   * bytes meanwhile.
   *
   * @param message The bytes, none or up to {@linkcode maxMessageLength}.
   * @param options When to give up.
   * @throws {RangeError} If the message is too long.
   * @throws {TypeError} If it is no `Uint8Array`.
   * @throws {Deno.errors.TimedOut} If there is no room in time.
   * @throws {Deno.errors.WouldBlock} If there is none, and `whenFull` is
   * `"error"`.
   * @throws {Deno.errors.BrokenPipe} If the consumer is gone.
   * @throws {Deno.errors.Busy} If a reservation is open.
   * @throws {Deno.errors.InvalidData} If the memory is damaged.
   * @throws {Deno.errors.BadResource} If it is closed, now or meanwhile.
   * @throws {unknown} The signal's reason, if it is aborted. Nothing is sent.
   */
  send(message: Uint8Array, options?: WaitOptions): Promise<void> {
    return this.#sender.send(message, options);
  }

  /**
   * Sends a message, and blocks the thread until there is room for it.
   *
   * `poll(2)`.
   *
   * @param message The bytes, none or up to {@linkcode maxMessageLength}.
   * @param options When to give up.
   * @throws {RangeError} If the message is too long.
   * @throws {TypeError} If it is no `Uint8Array`.
   * @throws {Deno.errors.TimedOut} If there is no room in time.
   * @throws {Deno.errors.WouldBlock} If there is none, and `whenFull` is
   * `"error"`.
   * @throws {Deno.errors.BrokenPipe} If the consumer is gone.
   * @throws {Deno.errors.Busy} If a reservation is open.
   * @throws {Deno.errors.InvalidData} If the memory is damaged.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  sendSync(message: Uint8Array, options?: SyncWaitOptions): void {
    this.#sender.sendSync(message, options);
  }

  /**
   * Sends a message if there is room for it.
   *
   * @param message The bytes, none or up to {@linkcode maxMessageLength}.
   * @returns Whether it was sent; not if a pending send waits for room.
   * @throws {RangeError} If the message is too long.
   * @throws {TypeError} If it is no `Uint8Array`.
   * @throws {Deno.errors.BrokenPipe} If the consumer is gone.
   * @throws {Deno.errors.Busy} If a reservation is open.
   * @throws {Deno.errors.InvalidData} If the memory is damaged.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  trySend(message: Uint8Array): boolean {
    return this.#sender.trySend(message);
  }

  /**
   * Puts a message in if there is room for it, and does not tell the consumer
   * yet: {@linkcode flush}, or the next message that is sent or committed,
   * tells it of all. That is faster for many small messages. If there is no
   * room, the consumer is told of those that were put in before.
   *
   * @param message The bytes, none or up to {@linkcode maxMessageLength}.
   * @returns Whether it was put in; not if a pending send waits for room.
   * @throws {RangeError} If the message is too long.
   * @throws {TypeError} If it is no `Uint8Array`.
   * @throws {Deno.errors.BrokenPipe} If the consumer is gone.
   * @throws {Deno.errors.Busy} If a reservation is open.
   * @throws {Deno.errors.InvalidData} If the memory is damaged.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  enqueue(message: Uint8Array): boolean {
    return this.#sender.enqueue(message);
  }

  /**
   * Tells the consumer of all messages that were enqueued.
   *
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  flush(): void {
    this.#sender.flush();
  }

  /**
   * Reserves room for a message, to be written where it is sent from, and
   * waits until there is some. It does not block the event loop. Until
   * {@linkcode commit} or {@linkcode cancel}, nothing else can be sent. If
   * this process dies before, nobody sees the message.
   *
   * @param length How many bytes, up to {@linkcode maxMessageLength}.
   * @param options When to give up.
   * @returns A view of the room, with what was there before.
   * @throws {RangeError} If the length is out of range.
   * @throws {Deno.errors.TimedOut} If there is no room in time.
   * @throws {Deno.errors.WouldBlock} If there is none, and `whenFull` is
   * `"error"`.
   * @throws {Deno.errors.BrokenPipe} If the consumer is gone.
   * @throws {Deno.errors.Busy} If a reservation is open.
   * @throws {Deno.errors.InvalidData} If the memory is damaged.
   * @throws {Deno.errors.BadResource} If it is closed, now or meanwhile.
   * @throws {unknown} The signal's reason, if it is aborted.
   */
  reserve(
    length: number,
    options?: WaitOptions,
  ): Promise<Uint8Array<ArrayBuffer>> {
    return this.#sender.reserve(length, options);
  }

  /**
   * Reserves room for a message, and blocks the thread until there is some.
   *
   * `poll(2)`.
   *
   * @param length How many bytes, up to {@linkcode maxMessageLength}.
   * @param options When to give up.
   * @returns A view of the room, with what was there before.
   * @throws {RangeError} If the length is out of range.
   * @throws {Deno.errors.TimedOut} If there is no room in time.
   * @throws {Deno.errors.WouldBlock} If there is none, and `whenFull` is
   * `"error"`.
   * @throws {Deno.errors.BrokenPipe} If the consumer is gone.
   * @throws {Deno.errors.Busy} If a reservation is open.
   * @throws {Deno.errors.InvalidData} If the memory is damaged.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  reserveSync(
    length: number,
    options?: SyncWaitOptions,
  ): Uint8Array<ArrayBuffer> {
    return this.#sender.reserveSync(length, options);
  }

  /**
   * Reserves room for a message if there is some.
   *
   * @param length How many bytes, up to {@linkcode maxMessageLength}.
   * @returns A view of the room, with what was there before; `undefined` if
   * there is none, or a pending send waits for it.
   * @throws {RangeError} If the length is out of range.
   * @throws {Deno.errors.BrokenPipe} If the consumer is gone.
   * @throws {Deno.errors.Busy} If a reservation is open.
   * @throws {Deno.errors.InvalidData} If the memory is damaged.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  tryReserve(length: number): Uint8Array<ArrayBuffer> | undefined {
    return this.#sender.tryReserve(length);
  }

  /**
   * Sends the message that was written into the reserved room. The view of it
   * is not to be written any more.
   *
   * @param length How many of the reserved bytes it has; all, if not given.
   * @throws {RangeError} If it has more than were reserved.
   * @throws {TypeError} If nothing is reserved.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  commit(length?: number): void {
    this.#sender.commit(length);
  }

  /**
   * Gives the reserved room back.
   *
   * @throws {TypeError} If nothing is reserved.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  cancel(): void {
    this.#sender.cancel();
  }

  /** Whether a consumer is there; one that died is until it is noticed. */
  get hasConsumer(): boolean {
    return this.#sender.side.hasConsumer;
  }

  /**
   * How many messages were dropped to make room, modulo 2^32, by this producer
   * and those before it in its place.
   */
  get dropped(): number {
    return this.#sender.side.dropped;
  }

  /**
   * Leaves the ring; waits that are pending reject with
   * `Deno.errors.BadResource`, and views have no bytes any more. What was sent
   * or enqueued stays until it is received, and then the consumer is told of
   * the end. Doing so again does nothing.
   *
   * `munmap(2)`, `close(2)`.
   */
  close(): void {
    this.#sender.close();
  }

  /** Closes it. */
  [Symbol.dispose](): void {
    this.close();
  }
}
