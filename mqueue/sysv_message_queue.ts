import { checkId } from "@ipc/libc/queues";
import {
  checkMessageSize,
  checkSysvOptions,
  describeQueue,
  keyOf,
} from "./_sysv_queue.ts";
import { SysvReceiver } from "./_sysv_receiver.ts";
import { SysvSender } from "./_sysv_sender.ts";
import type {
  ReceivedSysvMessage,
  SysvMessageQueueOptions,
  SysvReceiveOptions,
  SysvReceiveSyncOptions,
  SysvSendOptions,
  SysvSendSyncOptions,
  SysvTryReceiveOptions,
  SysvTrySendOptions,
} from "./sysv_message.ts";
import { SysvMessageQueueHandle } from "./sysv_message_queue_handle.ts";

/**
 * A System V message queue: whole messages with types, by which receivers
 * choose, between processes that know its key or id.
 *
 * The kernel keeps the queue and its messages until it is removed, also while
 * nobody uses it: look for forgotten ones with `ipcs -q`. Each message is
 * received once, by one receiver. A queue holds 16,384 bytes by default, 2048
 * on macOS: then sending waits. It has no descriptor, so it cannot be waited
 * for together with other things by `poll(2)`; where that matters use a POSIX
 * queue, a pipe or a socket.
 *
 * A wait that does not block the event loop has a thread of its own, which
 * sleeps and costs nothing meanwhile, for up to 16 queues and types at a time.
 * Those above look again by a timer, at most 30 milliseconds apart, as all do
 * on macOS; together that takes about 1 % of a processor. The sleep of a wait
 * that is given up ends by a signal to its thread, `SIGURG`, which does
 * nothing else.
 *
 * @see {@link https://man7.org/linux/man-pages/man7/sysvipc.7.html | sysvipc(7)}
 *
 * @example Usage
 * ```ts
 * import { openSysvMessageQueue } from "@ipc/mqueue";
 * import { assertEquals } from "@std/assert";
 *
 * using queue = openSysvMessageQueue(null);
 * const encoder = new TextEncoder();
 * queue.sendSync(encoder.encode("two teas"), { type: 2 });
 * queue.sendSync(encoder.encode("fire!"), { type: 1 });
 *
 * // The first message of the lowest type from 1 to 9:
 * const { message, type } = await queue.receive({ type: -9, timeout: 1000 });
 * assertEquals(new TextDecoder().decode(message), "fire!");
 * assertEquals(type, 1);
 * queue.remove();
 * ```
 */
export class SysvMessageQueue extends SysvMessageQueueHandle {
  readonly #receiver: SysvReceiver | undefined;
  readonly #sender: SysvSender | undefined;

  /**
   * Use {@linkcode openSysvMessageQueue}.
   *
   * @ignore
   */
  constructor(
    id: number,
    key: number | undefined,
    created: boolean,
    options: Required<SysvMessageQueueOptions>,
  ) {
    super(id, key, created);
    const { read, write, maxMessageSize, wait } = options;
    const what = describeQueue(id, key);
    if (read) this.#receiver = new SysvReceiver(id, what, maxMessageSize, wait);
    if (write) this.#sender = new SysvSender(id, what, wait);
  }

  /**
   * Uses the queue of an id, such as a private one, or one that `ipcs -q`
   * lists.
   *
   * `msgctl(2)` with `IPC_STAT`.
   *
   * Requires `--allow-ffi`.
   *
   * @param id The id.
   * @param options How to use it.
   * @returns The queue.
   * @throws {Deno.errors.NotFound} With code `EIDRM` if there is none.
   * @throws {RangeError} If the id is not a whole number from 0.
   */
  static fromId(
    id: number,
    options: SysvMessageQueueOptions = {},
  ): SysvMessageQueue {
    checkId(id);
    const plan = checkSysvOptions(describeQueue(id, undefined), options);
    return new SysvMessageQueue(id, keyOf(id), false, plan);
  }

  /**
   * Sends a message, and waits until there is room for it. It does not block
   * the event loop. Messages that wait are sent in order.
   *
   * `msgsnd(2)`.
   *
   * @param message The bytes, none or up to `kernel.msgmax`; they are copied.
   * @param options Its type, and when to give up.
   * @throws {RangeError} If the message is longer than the system or the queue
   * allows, or the type is not a whole number from 1.
   * @throws {Deno.errors.TimedOut} If there is no room in time.
   * @throws {Deno.errors.NotFound} With code `EIDRM` if the queue was removed,
   * now or meanwhile.
   * @throws {Deno.errors.PermissionDenied} If its mode forbids to write, or it
   * was opened for receiving.
   * @throws {Deno.errors.BadResource} If it is closed, now or meanwhile.
   * @throws {TypeError} If `message` is no `Uint8Array`.
   * @throws {unknown} The signal's reason, if it is aborted. Nothing is sent.
   */
  async send(message: Uint8Array, options?: SysvSendOptions): Promise<void> {
    await this.#openSender.send(message, options);
  }

  /**
   * Sends a message, and blocks the thread until there is room for it.
   *
   * `msgsnd(2)`.
   *
   * @param message The bytes, none or up to `kernel.msgmax`.
   * @param options Its type, and when to give up.
   * @throws {RangeError} If the message is longer than the system or the queue
   * allows, or the type is not a whole number from 1.
   * @throws {Deno.errors.TimedOut} If there is no room in time.
   * @throws {Deno.errors.NotFound} With code `EIDRM` if the queue was removed,
   * now or meanwhile.
   * @throws {Deno.errors.PermissionDenied} If its mode forbids to write, or it
   * was opened for receiving.
   * @throws {Deno.errors.BadResource} If it is closed.
   * @throws {TypeError} If `message` is no `Uint8Array`.
   */
  sendSync(message: Uint8Array, options?: SysvSendSyncOptions): void {
    this.#openSender.sendSync(message, options);
  }

  /**
   * Sends a message if there is room for it now.
   *
   * `msgsnd(2)`.
   *
   * @param message The bytes, none or up to `kernel.msgmax`.
   * @param options Its type.
   * @returns Whether it was sent; not if another one waits for room.
   * @throws {RangeError} If the message is longer than the system allows, or
   * the type is not a whole number from 1.
   * @throws {Deno.errors.NotFound} With code `EIDRM` if the queue was removed.
   * @throws {Deno.errors.PermissionDenied} If its mode forbids to write, or it
   * was opened for receiving.
   * @throws {Deno.errors.BadResource} If it is closed.
   * @throws {TypeError} If `message` is no `Uint8Array`.
   */
  trySend(message: Uint8Array, options?: SysvTrySendOptions): boolean {
    return this.#openSender.trySend(message, options);
  }

  /**
   * Receives a message, and waits until there is one. It does not block the
   * event loop. Waits for the same type are served in order.
   *
   * `msgrcv(2)`.
   *
   * @param options Which message, and when to give up.
   * @returns The message and its type.
   * @throws {Error} With code `E2BIG` if the message is longer than
   * `maxMessageSize`. It is still in the queue.
   * @throws {Deno.errors.TimedOut} If there is none in time.
   * @throws {Deno.errors.NotFound} With code `EIDRM` if the queue was removed,
   * now or meanwhile.
   * @throws {Deno.errors.PermissionDenied} If its mode forbids to read, or it
   * was opened for sending.
   * @throws {Deno.errors.NotSupported} If `except` is set on macOS.
   * @throws {RangeError} If the type is no whole number.
   * @throws {Deno.errors.BadResource} If it is closed, now or meanwhile.
   * @throws {unknown} The signal's reason, if it is aborted. The message that
   * comes at that moment is left to the next receiver.
   */
  receive(options?: SysvReceiveOptions): Promise<ReceivedSysvMessage> {
    return this.#receive(undefined, options) as Promise<ReceivedSysvMessage>;
  }

  /**
   * Receives a message, and blocks the thread until there is one.
   *
   * `msgrcv(2)`.
   *
   * @param options Which message, and when to give up.
   * @returns The message and its type.
   * @throws {Error} With code `E2BIG` if the message is longer than
   * `maxMessageSize`. It is still in the queue.
   * @throws {Deno.errors.TimedOut} If there is none in time.
   * @throws {Deno.errors.NotFound} With code `EIDRM` if the queue was removed,
   * now or meanwhile.
   * @throws {Deno.errors.PermissionDenied} If its mode forbids to read, or it
   * was opened for sending.
   * @throws {Deno.errors.NotSupported} If `except` is set on macOS.
   * @throws {RangeError} If the type is no whole number.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  receiveSync(options?: SysvReceiveSyncOptions): ReceivedSysvMessage {
    const received = this.#openReceiver.receiveSync(undefined, options);
    return received as ReceivedSysvMessage;
  }

  /**
   * Receives a message if there is one.
   *
   * `msgrcv(2)`.
   *
   * @param options Which message.
   * @returns The message and its type; `undefined` if there is none, or
   * another wait for the same comes first.
   * @throws {Error} With code `E2BIG` if the message is longer than
   * `maxMessageSize`. It is still in the queue.
   * @throws {Deno.errors.NotFound} With code `EIDRM` if the queue was removed.
   * @throws {Deno.errors.PermissionDenied} If its mode forbids to read, or it
   * was opened for sending.
   * @throws {Deno.errors.NotSupported} If `except` is set on macOS.
   * @throws {RangeError} If the type is no whole number.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  tryReceive(options?: SysvTryReceiveOptions): ReceivedSysvMessage | undefined {
    const received = this.#openReceiver.tryReceive(undefined, options);
    return received as ReceivedSysvMessage | undefined;
  }

  /**
   * Receives a message into a buffer, and waits until there is one. It does
   * not block the event loop, and allocates nothing for the message. Its type
   * is {@linkcode lastType}.
   *
   * `msgrcv(2)`.
   *
   * @param p Where to put it.
   * @param options Which message, and when to give up.
   * @returns Its size in bytes.
   * @throws {Error} With code `E2BIG` if the message is longer than the buffer
   * or `maxMessageSize`. It is still in the queue.
   * @throws {TypeError} If `p` is no `Uint8Array`.
   * @throws {unknown} Whatever `receive` throws.
   */
  receiveInto(p: Uint8Array, options?: SysvReceiveOptions): Promise<number> {
    return this.#receive(p, options) as Promise<number>;
  }

  /**
   * Receives a message into a buffer, and blocks the thread until there is
   * one. Its type is {@linkcode lastType}.
   *
   * `msgrcv(2)`.
   *
   * @param p Where to put it.
   * @param options Which message, and when to give up.
   * @returns Its size in bytes.
   * @throws {Error} With code `E2BIG` if the message is longer than the buffer
   * or `maxMessageSize`. It is still in the queue.
   * @throws {TypeError} If `p` is no `Uint8Array`.
   * @throws {unknown} Whatever `receiveSync` throws.
   */
  receiveIntoSync(p: Uint8Array, options?: SysvReceiveSyncOptions): number {
    return this.#openReceiver.receiveSync(p, options) as number;
  }

  /**
   * Receives a message into a buffer if there is one. Its type is
   * {@linkcode lastType}.
   *
   * `msgrcv(2)`.
   *
   * @param p Where to put it.
   * @param options Which message.
   * @returns Its size in bytes; `undefined` if there is none, or another wait
   * for the same comes first.
   * @throws {Error} With code `E2BIG` if the message is longer than the buffer
   * or `maxMessageSize`. It is still in the queue.
   * @throws {TypeError} If `p` is no `Uint8Array`.
   * @throws {unknown} Whatever `tryReceive` throws.
   */
  tryReceiveInto(
    p: Uint8Array,
    options?: SysvTryReceiveOptions,
  ): number | undefined {
    const size = this.#openReceiver.tryReceive(p, options);
    return size as number | undefined;
  }

  /**
   * The type of the message that this object received last, for those that
   * went into a buffer; 0 before the first. If several async waits are pending
   * at a time, it need not be that of the one that has just resolved: use
   * `receive` then.
   */
  get lastType(): number {
    return this.#receiver?.lastType ?? 0;
  }

  /**
   * The longest message to receive, in bytes: a longer one is an error, and
   * stays in the queue. Set it to take such a message. It belongs to this
   * object, not to the queue.
   *
   * @throws {RangeError} If what is set is neither a whole number from 0 nor
   * `Infinity`.
   * @throws {Deno.errors.PermissionDenied} If it was opened for sending.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  get maxMessageSize(): number {
    return this.#openReceiver.maxMessageSize;
  }
  set maxMessageSize(size: number) {
    this.#openReceiver.maxMessageSize = checkMessageSize(size);
  }

  /**
   * The messages as they come: those that are there without a wait, and then
   * the next. It ends when the queue is closed. Leaving the loop loses none.
   *
   * @param options Which messages, and when to give up, if a signal is
   * aborted.
   * @returns The messages and their types.
   * @throws {Deno.errors.NotFound} With code `EIDRM` if the queue was removed,
   * now or meanwhile.
   * @throws {unknown} Whatever else `receive` throws.
   */
  async *messages(
    options?: Omit<SysvReceiveOptions, "timeout">,
  ): AsyncGenerator<ReceivedSysvMessage, void, void> {
    while (!this.isClosed) {
      let received: ReceivedSysvMessage;
      try {
        received = await this.receive(options);
      } catch (error) {
        if (this.isClosed) return;
        throw error;
      }
      yield received;
    }
  }

  /** The messages as they come, until the queue is closed. */
  [Symbol.asyncIterator](): AsyncGenerator<ReceivedSysvMessage, void, void> {
    return this.messages();
  }

  /** @ignore */
  protected override stop(): void {
    this.#receiver?.transfers.close();
    this.#sender?.transfers.close();
  }

  #receive(
    target: Uint8Array | undefined,
    options: SysvReceiveOptions | undefined,
  ): Promise<ReceivedSysvMessage | number> {
    try {
      return this.#openReceiver.receive(target, options);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  get #openReceiver(): SysvReceiver {
    return this.#receiver ?? this.#refuse("receive from", "sending");
  }

  get #openSender(): SysvSender {
    return this.#sender ?? this.#refuse("send to", "receiving");
  }

  #refuse(verb: string, use: string): never {
    this.checkOpen();
    throw new Deno.errors.PermissionDenied(
      `Cannot ${verb} ${this.what}: it was opened for ${use} only`,
    );
  }
}
