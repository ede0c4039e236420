import {
  accessMode,
  checkInteger,
  checkWait,
  FileDescriptor,
  O_RDONLY,
  O_WRONLY,
} from "@ipc/libc";
import type { WaitOptions, WaitStrategy } from "@ipc/libc";
import { TransferMode } from "@ipc/libc/queues";
import type { SyncWaitOptions } from "@ipc/libc/queues";
import { checkSupported, describe, untilClosed } from "./_queue.ts";
import { Receiver } from "./_receiver.ts";
import { Sender } from "./_sender.ts";
import type {
  ReceivedMessage,
  SendOptions,
  SendSyncOptions,
  TrySendOptions,
} from "./message.ts";
import { MessageQueueHandle } from "./message_queue_handle.ts";

/** Options of {@linkcode MessageQueue.fromFd}. */
export interface MessageQueueFromFdOptions {
  /**
   * How to wait: `"adaptive"` looks again for a moment before it sleeps, as
   * long as that pays; `"block"` sleeps at once.
   *
   * @default {"adaptive"}
   */
  wait?: WaitStrategy;
}

/**
 * A POSIX message queue: whole messages with priorities, which processes send
 * and receive by the name of the queue. Linux only.
 *
 * The kernel keeps the messages until they are received, also while nobody
 * has the queue open. The highest priority is received first, and messages
 * of one priority in the order in which they were sent. Each is received
 * once, by one receiver. A queue holds few messages, ten by default: then
 * sending waits. For many bytes use a pipe, a socket or shared memory.
 *
 * @see {@link https://man7.org/linux/man-pages/man7/mq_overview.7.html | mq_overview(7)}
 *
 * @example Usage
 * ```ts
 * import { openMessageQueue } from "@ipc/mqueue";
 * import { assertEquals } from "@std/assert";
 *
 * using queue = openMessageQueue(null, { maxMessages: 4, messageSize: 64 });
 * const encoder = new TextEncoder();
 * queue.sendSync(encoder.encode("two teas"));
 * queue.sendSync(encoder.encode("fire!"), { priority: 9 });
 *
 * const { message, priority } = await queue.receive({ timeout: 1000 });
 * assertEquals(new TextDecoder().decode(message), "fire!");
 * assertEquals(priority, 9);
 * queue.unlink();
 * ```
 */
export class MessageQueue extends MessageQueueHandle {
  readonly #receiver: Receiver | undefined;
  readonly #sender: Sender | undefined;

  /**
   * Use {@linkcode openMessageQueue}.
   *
   * @ignore
   */
  constructor(
    name: string | null,
    descriptor: FileDescriptor,
    created: boolean,
    wait: WaitStrategy,
  ) {
    super(name, descriptor, created);
    const what = describe(name);
    const { fd } = descriptor;
    const access = accessMode(fd);
    const both = { fd, mode: new TransferMode(), close() {} };
    if (access !== O_WRONLY) {
      this.#receiver = new Receiver(both, what, this.messageSize, wait);
    }
    if (access !== O_RDONLY) {
      this.#sender = new Sender(both, what, this.messageSize, wait);
    }
  }

  /**
   * Takes over a descriptor, such as one that this process inherited.
   *
   * `mq_getattr(3)`, `fcntl(2)`.
   *
   * Requires `--allow-ffi`.
   *
   * @param fd The descriptor of a message queue. It belongs to the object
   * from now on; if this throws, it is still the caller's.
   * @param options How to wait.
   * @returns The queue, without a name.
   * @throws {TypeError} If it is no message queue.
   * @throws {Deno.errors.BadResource} If there is no such descriptor.
   * @throws {Deno.errors.NotSupported} On macOS.
   */
  static fromFd(
    fd: number,
    options: MessageQueueFromFdOptions = {},
  ): MessageQueue {
    checkInteger(fd, "descriptor", 0, 0x7fff_ffff);
    checkSupported("use", null);
    const wait = checkWait(options.wait ?? "adaptive");
    accessMode(fd);
    return new MessageQueue(null, new FileDescriptor(fd), false, wait);
  }

  /**
   * Sends a message, and waits until there is room for it. It does not block
   * the event loop. Messages that wait are sent in order; do not change their
   * bytes meanwhile.
   *
   * `mq_send(3)`.
   *
   * @param message The bytes, none or up to {@linkcode messageSize}.
   * @param options Its priority, and when to give up.
   * @throws {RangeError} If the message is too long, or the priority is not a
   * whole number from 0 to 32,767.
   * @throws {Deno.errors.TimedOut} If there is no room in time.
   * @throws {Deno.errors.PermissionDenied} If it was opened for receiving.
   * @throws {Deno.errors.BadResource} If it is closed, now or meanwhile.
   * @throws {TypeError} If `message` is no `Uint8Array`.
   * @throws {unknown} The signal's reason, if it is aborted. Nothing is sent.
   */
  async send(message: Uint8Array, options?: SendOptions): Promise<void> {
    const priority = options?.priority ?? 0;
    await this.#openSender.transfers.run({ message, priority }, options);
  }

  /**
   * Sends a message, and blocks the thread until there is room for it.
   *
   * `mq_send(3)`, `poll(2)`.
   *
   * @param message The bytes, none or up to {@linkcode messageSize}.
   * @param options Its priority, and when to give up.
   * @throws {RangeError} If the message is too long, or the priority is not a
   * whole number from 0 to 32,767.
   * @throws {Deno.errors.TimedOut} If there is no room in time.
   * @throws {Deno.errors.PermissionDenied} If it was opened for receiving.
   * @throws {Deno.errors.BadResource} If it is closed.
   * @throws {TypeError} If `message` is no `Uint8Array`.
   */
  sendSync(message: Uint8Array, options?: SendSyncOptions): void {
    this.#openSender.sendSync(message, options);
  }

  /**
   * Sends a message if there is room for it now.
   *
   * `mq_send(3)`.
   *
   * @param message The bytes, none or up to {@linkcode messageSize}.
   * @param options Its priority.
   * @returns Whether it was sent; not if another one waits for room.
   * @throws {RangeError} If the message is too long, or the priority is not a
   * whole number from 0 to 32,767.
   * @throws {Deno.errors.PermissionDenied} If it was opened for receiving.
   * @throws {Deno.errors.BadResource} If it is closed.
   * @throws {TypeError} If `message` is no `Uint8Array`.
   */
  trySend(message: Uint8Array, options?: TrySendOptions): boolean {
    const priority = options?.priority ?? 0;
    return this.#openSender.transfers.runNow({ message, priority }) === true;
  }

  /**
   * Receives a message, and waits until there is one. It does not block the
   * event loop. Waits are served in order.
   *
   * `mq_receive(3)`.
   *
   * @param options When to give up.
   * @returns The message and its priority.
   * @throws {Deno.errors.TimedOut} If there is none in time.
   * @throws {Deno.errors.PermissionDenied} If it was opened for sending.
   * @throws {Deno.errors.BadResource} If it is closed, now or meanwhile.
   * @throws {unknown} The signal's reason, if it is aborted. The message that
   * comes at that moment is left to the next receiver.
   */
  receive(options?: WaitOptions): Promise<ReceivedMessage> {
    return this.#receive(null, options) as Promise<ReceivedMessage>;
  }

  /**
   * Receives a message, and blocks the thread until there is one.
   *
   * `mq_receive(3)`, `poll(2)`.
   *
   * @param options When to give up.
   * @returns The message and its priority.
   * @throws {Deno.errors.TimedOut} If there is none in time.
   * @throws {Deno.errors.PermissionDenied} If it was opened for sending.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  receiveSync(options?: SyncWaitOptions): ReceivedMessage {
    return this.#openReceiver.receiveSync(options);
  }

  /**
   * Receives a message if there is one.
   *
   * `mq_receive(3)`.
   *
   * @returns The message and its priority; `undefined` if there is none, or
   * another wait comes first.
   * @throws {Deno.errors.PermissionDenied} If it was opened for sending.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  tryReceive(): ReceivedMessage | undefined {
    const { transfers } = this.#openReceiver;
    return transfers.runNow(null) as ReceivedMessage | undefined;
  }

  /**
   * Receives a message into a buffer, and waits until there is one. It does
   * not block the event loop, and allocates nothing for the message.
   *
   * `mq_receive(3)`.
   *
   * @param p Where to put it: at least {@linkcode messageSize} bytes, so that
   * no message is cut.
   * @param options When to give up.
   * @returns Its size in bytes.
   * @throws {RangeError} If the buffer is smaller.
   * @throws {Deno.errors.TimedOut} If there is none in time.
   * @throws {Deno.errors.PermissionDenied} If it was opened for sending.
   * @throws {Deno.errors.BadResource} If it is closed, now or meanwhile.
   * @throws {TypeError} If `p` is no `Uint8Array`.
   * @throws {unknown} The signal's reason, if it is aborted.
   */
  receiveInto(p: Uint8Array, options?: WaitOptions): Promise<number> {
    return this.#receive(p, options) as Promise<number>;
  }

  /**
   * Receives a message into a buffer, and blocks the thread until there is
   * one.
   *
   * `mq_receive(3)`, `poll(2)`.
   *
   * @param p Where to put it: at least {@linkcode messageSize} bytes.
   * @param options When to give up.
   * @returns Its size in bytes.
   * @throws {RangeError} If the buffer is smaller.
   * @throws {Deno.errors.TimedOut} If there is none in time.
   * @throws {Deno.errors.PermissionDenied} If it was opened for sending.
   * @throws {Deno.errors.BadResource} If it is closed.
   * @throws {TypeError} If `p` is no `Uint8Array`.
   */
  receiveIntoSync(p: Uint8Array, options?: SyncWaitOptions): number {
    return this.#openReceiver.receiveIntoSync(p, options);
  }

  /**
   * Receives a message into a buffer if there is one.
   *
   * `mq_receive(3)`.
   *
   * @param p Where to put it: at least {@linkcode messageSize} bytes.
   * @returns Its size in bytes; `undefined` if there is none, or another wait
   * comes first.
   * @throws {RangeError} If the buffer is smaller.
   * @throws {Deno.errors.PermissionDenied} If it was opened for sending.
   * @throws {Deno.errors.BadResource} If it is closed.
   * @throws {TypeError} If `p` is no `Uint8Array`.
   */
  tryReceiveInto(p: Uint8Array): number | undefined {
    const { transfers } = this.#openReceiver;
    return transfers.runNow(p) as number | undefined;
  }

  /**
   * The priority of the message that this object received last, for those
   * that went into a buffer. If several async waits are pending at a time, it
   * need not be that of the one that has just resolved: use `receive` then.
   */
  get lastPriority(): number {
    return this.#receiver?.lastPriority ?? 0;
  }

  /**
   * The messages as they come: those that are there without a wait, and then
   * the next. It ends when the queue is closed. Leaving the loop loses none.
   *
   * @param options When to give up, if a signal is aborted.
   * @returns The messages and their priorities.
   * @throws {Deno.errors.PermissionDenied} If it was opened for sending.
   * @throws {unknown} The signal's reason, if it is aborted.
   */
  messages(
    options?: Pick<WaitOptions, "signal">,
  ): AsyncGenerator<ReceivedMessage, void, void> {
    return untilClosed(this, () => this.receive(options));
  }

  /** The messages as they come, until the queue is closed. */
  [Symbol.asyncIterator](): AsyncGenerator<ReceivedMessage, void, void> {
    return this.messages();
  }

  /**
   * Told that a child process has it.
   *
   * @ignore
   */
  override inherited(): void {
    this.#receiver?.transfers.forgetMode();
    this.#sender?.transfers.forgetMode();
  }

  /** @ignore */
  protected override stop(): void {
    this.#receiver?.transfers.close();
    this.#sender?.transfers.close();
  }

  #receive(
    target: Uint8Array | null,
    options: WaitOptions | undefined,
  ): Promise<ReceivedMessage | number> {
    try {
      return this.#openReceiver.transfers.run(target, options);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  get #openReceiver(): Receiver {
    return this.#receiver ?? this.#refuse("receive from", "sending");
  }

  get #openSender(): Sender {
    return this.#sender ?? this.#refuse("send to", "receiving");
  }

  #refuse(action: string, direction: string): never {
    void this.openFd; // that it is closed comes first
    throw new Deno.errors.PermissionDenied(
      `Cannot ${action} ${
        describe(this.name)
      }: it was opened for ${direction} only`,
    );
  }
}
