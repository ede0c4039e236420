import { checkTimeout, fstat } from "@ipc/libc";
import type { FileDescriptor, WaitOptions } from "@ipc/libc";
import { mqAttributes, mqSetBlocking, mqUnlink } from "@ipc/libc/queues";
import type { QueueAttributes } from "@ipc/libc/queues";
import { describe, untilClosed } from "./_queue.ts";
import { Registration } from "./_registration.ts";
import type { MessageQueueAttributes, MessageQueueStat } from "./message.ts";

/**
 * What can be done with an open POSIX message queue besides sending and
 * receiving: the part of {@linkcode MessageQueue} that is about the queue and
 * not about its messages.
 */
export abstract class MessageQueueHandle {
  /** The name, or `null` for a queue that came as a descriptor. */
  readonly name: string | null;
  /** Whether opening it created it. */
  readonly created: boolean;
  /** The most messages that it holds. */
  readonly maxMessages: number;
  /** The longest message, in bytes. */
  readonly messageSize: number;
  readonly #descriptor: FileDescriptor;
  readonly #registrations = new Set<Registration>();

  /**
   * Use {@linkcode openMessageQueue}.
   *
   * @ignore
   */
  constructor(
    name: string | null,
    descriptor: FileDescriptor,
    created: boolean,
  ) {
    const { fd } = descriptor;
    const attributes = mqAttributes(fd);
    if (attributes === undefined) {
      const what = name === null ? `descriptor ${fd}` : describe(name);
      throw new TypeError(`Cannot use ${what}: it is no message queue`);
    }
    this.name = name;
    this.created = created;
    this.maxMessages = attributes.maxMessages;
    this.messageSize = attributes.messageSize;
    this.#descriptor = descriptor;
  }

  /**
   * The descriptor, or −1 once it is closed. It stays this object's: do not
   * close it. It can be given to `poll(2)` and the like.
   */
  get fd(): number {
    return this.#descriptor.fd;
  }

  /**
   * Asks how large the queue is, and how full.
   *
   * `mq_getattr(3)`.
   *
   * @returns The present values.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  attributes(): MessageQueueAttributes {
    const { maxMessages, messageSize, currentMessages } = this.#attributes();
    return { maxMessages, messageSize, currentMessages };
  }

  /**
   * Asks who may use the queue, and whether it still has its name.
   *
   * `statx(2)`.
   *
   * @returns The present values.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  stat(): MessageQueueStat {
    const { mode, uid, gid, nlink } = fstat(this.openFd);
    return { mode: mode & 0o7777, uid, gid, nlink };
  }

  /**
   * Whether a send or receive on the descriptor itself waits. It is shared
   * with processes that inherited the descriptor, and matters to them: the
   * methods of this object set it as they need.
   *
   * `mq_getattr(3)`, `mq_setattr(3)`.
   *
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  get blocking(): boolean {
    return this.#attributes().blocking;
  }
  set blocking(blocking: boolean) {
    mqSetBlocking(this.openFd, blocking);
    this.inherited();
  }

  /**
   * Waits until a message comes to the empty queue. It tells, and receives
   * nothing. What comes after the call counts, and what is there already does
   * not; so ask first, and then empty the queue.
   *
   * `mq_notify(3)`, without a signal or a thread.
   *
   * One process at a time may ask, for one notification. Nobody is told of a
   * message for which somebody blocks in `mq_receive`.
   *
   * @param options When to give up, which takes the request back.
   * @throws {Deno.errors.Busy} If somebody has asked already.
   * @throws {Deno.errors.TimedOut} If none comes in time.
   * @throws {Deno.errors.BadResource} If it is closed, now or meanwhile.
   * @throws {unknown} The signal's reason, if it is aborted.
   */
  async notification(options?: WaitOptions): Promise<void> {
    options?.signal?.throwIfAborted();
    checkTimeout(options?.timeout);
    using stack = new DisposableStack();
    const registration = this.#register(stack);
    await registration.wait(options);
  }

  /**
   * Tells, again and again, that there are messages: when a message comes to
   * the empty queue, and also as long as it is not empty. Each time it has
   * asked for the next notification before, so that none is missed if the
   * loop empties the queue. It ends when the queue is closed.
   *
   * `mq_notify(3)`, without a signal or a thread.
   *
   * @param options When to give up, if a signal is aborted.
   * @returns Something to loop over; leaving it takes the request back.
   * @throws {Deno.errors.Busy} If somebody has asked already.
   * @throws {unknown} The signal's reason, if it is aborted.
   *
   * @example Usage
   * ```ts
   * import { openMessageQueue } from "@ipc/mqueue";
   * import { assertEquals } from "@std/assert";
   *
   * using queue = openMessageQueue(null);
   * setTimeout(() => queue.sendSync(new Uint8Array([42])), 10);
   *
   * for await (const _ of queue.notifications()) {
   *   let received = queue.tryReceive();
   *   for (; received !== undefined; received = queue.tryReceive()) {
   *     assertEquals([...received.message], [42]);
   *   }
   *   break;
   * }
   * queue.unlink();
   * ```
   */
  async *notifications(
    options?: Pick<WaitOptions, "signal">,
  ): AsyncGenerator<void, void, void> {
    options?.signal?.throwIfAborted();
    using stack = new DisposableStack();
    const registration = this.#register(stack);
    yield* untilClosed(this, async () => {
      registration.rearm();
      while (this.#attributes().currentMessages === 0) {
        await registration.wait(options);
        registration.arm();
      }
    });
  }

  /**
   * Removes the name. The queue stays until the last process that has it open
   * closes it; waits go on. The name is free for a new queue. It works after
   * `close`.
   *
   * `mq_unlink(3)`.
   *
   * @throws {Deno.errors.NotFound} If there is no such name any more.
   * @throws {Deno.errors.PermissionDenied} If its owner is somebody else.
   * @throws {TypeError} If the queue came as a descriptor.
   */
  unlink(): void {
    if (this.name === null) {
      throw new TypeError("Cannot unlink a message queue without a name");
    }
    mqUnlink(this.name);
  }

  /**
   * Closes the descriptor; waits that are pending reject with
   * `Deno.errors.BadResource`. The queue and its messages stay under its name
   * until it is unlinked. Doing so again does nothing.
   *
   * `mq_close(3)`.
   */
  close(): void {
    for (const registration of this.#registrations) {
      registration[Symbol.dispose]();
    }
    this.stop();
    this.#descriptor.close();
  }

  /** Closes it. */
  [Symbol.dispose](): void {
    this.close();
  }

  /**
   * Told that its mode has changed, as for a child process that has it.
   *
   * @ignore
   */
  abstract inherited(): void;

  /**
   * Ends what waits for messages.
   *
   * @ignore
   */
  protected abstract stop(): void;

  /**
   * Its descriptor, which has to be open.
   *
   * @ignore
   */
  protected get openFd(): number {
    const { fd } = this.#descriptor;
    if (fd !== -1) return fd;
    throw new Deno.errors.BadResource(
      `Cannot use ${describe(this.name)}: it is closed`,
    );
  }

  #attributes(): QueueAttributes {
    return mqAttributes(this.openFd)!;
  }

  /** Asks for a notification until the stack is disposed of. */
  #register(stack: DisposableStack): Registration {
    const what = describe(this.name);
    const registration = stack.use(new Registration(this.openFd, what));
    this.#registrations.add(registration);
    stack.defer(() => this.#registrations.delete(registration));
    return registration;
  }
}
