import { checkWait, descriptorFromEnv, duplicate } from "@ipc/libc";
import type { WaitOptions, WaitStrategy } from "@ipc/libc";
import { peerName, SocketDescriptor } from "@ipc/libc/sockets";
import type { ReceivedFrom, SyncWaitOptions } from "@ipc/libc/sockets";
import { decodePath, describe, toUnixAddr } from "./_address.ts";
import { checkUnixSocket } from "./_adopt.ts";
import type { DescriptorSource } from "./_descriptor_port.ts";
import { MessageEnd } from "./_message_end.ts";
import { peerCredentials } from "./credentials.ts";
import type { Credentials } from "./credentials.ts";
import { UnixMessageSocket } from "./unix_message_socket.ts";
import type { UnixFromFdOptions } from "./unix_stream.ts";

/** What becomes of a message in a buffer, or without one. */
type Outcome = ReceivedFrom<string | null> | null;

/**
 * A connection between two processes of this machine that carries whole
 * messages, in order, each way: a Unix socket of the type seqpacket. Linux
 * only.
 *
 * A message is at most as long as the send buffer, which is 212,992 bytes
 * unless it was set, less some for the system. An empty one would look like
 * the end, and is refused.
 *
 * @see {@link https://man7.org/linux/man-pages/man7/unix.7.html | unix(7)}
 *
 * @example Usage
 * ```ts
 * import { openUnixSeqpacket, openUnixSeqpacketListener } from "@ipc/unix";
 * import { assertEquals } from "@std/assert";
 *
 * const name = `\0tea-${crypto.randomUUID()}`;
 * using listener = openUnixSeqpacketListener(name);
 * using client = await openUnixSeqpacket(name);
 * using server = await listener.accept();
 *
 * client.sendSync(new TextEncoder().encode("two teas"));
 * client.sendSync(new TextEncoder().encode("a cake"));
 * const first = await server.receive({ timeout: 1000 });
 * assertEquals(new TextDecoder().decode(first!), "two teas");
 * assertEquals(server.receiveSync()?.byteLength, 6);
 *
 * client.close();
 * assertEquals(await server.receive(), null); // the end
 * ```
 */
export class UnixSeqpacket extends UnixMessageSocket<null>
  implements AsyncIterable<Uint8Array> {
  readonly #end: MessageEnd;
  readonly #wait: WaitStrategy;
  readonly #object: string;

  /**
   * Use {@linkcode openUnixSeqpacket}, `socketpair`, or
   * {@linkcode UnixSeqpacket.fromFd}.
   *
   * @ignore
   */
  constructor(
    descriptor: SocketDescriptor,
    wait: WaitStrategy,
    object: string,
  ) {
    const end = new MessageEnd(descriptor, object, {
      wait,
      isConnection: true,
    });
    super(end);
    this.#end = end;
    this.#wait = wait;
    this.#object = object;
  }

  /**
   * Takes over a descriptor, such as one that this process inherited.
   *
   * `getsockopt(2)`, `getsockname(2)`.
   *
   * Requires `--allow-ffi`.
   *
   * @param fd The descriptor. It belongs to the object from now on; if this
   * throws, it is still the caller's.
   * @param options How to wait.
   * @returns The connection.
   * @throws {TypeError} If it is a socket of another kind, or listens.
   * @throws {Deno.errors.BadResource} If there is no such descriptor.
   * @throws {Error} With code `ENOTSOCK` if it is no socket.
   */
  static fromFd(fd: number, options: UnixFromFdOptions = {}): UnixSeqpacket {
    const wait = checkWait(options.wait ?? "adaptive");
    checkUnixSocket(fd, "seqpacket");
    const object = describe(decodePath(peerName(fd)));
    return new UnixSeqpacket(new SocketDescriptor(fd), wait, object);
  }

  /**
   * Takes over the descriptor whose number an environment variable has.
   *
   * Requires `--allow-ffi` and `--allow-env`.
   *
   * @param variable The name of the variable.
   * @param options How to wait.
   * @returns The connection.
   * @throws {TypeError} If there is no number, or it is that of no connection.
   */
  static fromEnv(variable: string, options?: UnixFromFdOptions): UnixSeqpacket {
    return UnixSeqpacket.fromFd(descriptorFromEnv(variable), options);
  }

  /** Where this side is bound; its path is `null` if it is not. */
  get localAddr(): Deno.UnixAddr {
    return toUnixAddr(this.#end.path);
  }

  /** Where the other side is bound; its path is `null` if it is not. */
  get remoteAddr(): Deno.UnixAddr {
    return toUnixAddr(decodePath(peerName(this.#end.openFd)));
  }

  /**
   * Who the other side is, as the kernel saw it when it connected, or began
   * to listen, or made the pair.
   *
   * `getsockopt(2)` with `SO_PEERCRED`.
   *
   * @throws {Deno.errors.BadResource} If this is closed.
   */
  get peerCredentials(): Credentials {
    return peerCredentials(this.#end.openFd);
  }

  /**
   * Sends a message, and waits until there is room for it. It does not block
   * the event loop. Messages that wait are sent in order; do not change their
   * bytes meanwhile.
   *
   * `send(2)`.
   *
   * @param message The bytes, at least one.
   * @param options When to give up.
   * @throws {Error} With code `EMSGSIZE` if it is longer than the send buffer
   * holds.
   * @throws {RangeError} If it is empty.
   * @throws {Deno.errors.BrokenPipe} If the other side receives no more.
   * @throws {Deno.errors.TimedOut} If there is no room in time.
   * @throws {Deno.errors.BadResource} If it is closed, now or meanwhile.
   * @throws {TypeError} If `message` is no `Uint8Array`.
   * @throws {unknown} The signal's reason, if it is aborted. Nothing is sent.
   */
  async send(message: Uint8Array, options?: WaitOptions): Promise<void> {
    checkNotEmpty(message);
    await this.#end.sender.run({ message }, options);
  }

  /**
   * Sends a message, and blocks the thread until there is room for it.
   *
   * `send(2)`, `poll(2)`.
   *
   * @param message The bytes, at least one.
   * @param options When to give up.
   * @throws {Error} With code `EMSGSIZE` if it is longer than the send buffer
   * holds.
   * @throws {RangeError} If it is empty.
   * @throws {Deno.errors.BrokenPipe} If the other side receives no more.
   * @throws {Deno.errors.TimedOut} If there is no room in time.
   * @throws {Deno.errors.BadResource} If it is closed.
   * @throws {TypeError} If `message` is no `Uint8Array`.
   */
  sendSync(message: Uint8Array, options?: SyncWaitOptions): void {
    checkNotEmpty(message);
    this.#end.sender.runSync(message, undefined, options);
  }

  /**
   * Sends a message if there is room for it now.
   *
   * `send(2)`.
   *
   * @param message The bytes, at least one.
   * @returns Whether it was sent; not if another one waits for room.
   * @throws {Error} With code `EMSGSIZE` if it is longer than the send buffer
   * holds.
   * @throws {RangeError} If it is empty.
   * @throws {Deno.errors.BrokenPipe} If the other side receives no more.
   * @throws {Deno.errors.BadResource} If it is closed.
   * @throws {TypeError} If `message` is no `Uint8Array`.
   */
  trySend(message: Uint8Array): boolean {
    checkNotEmpty(message);
    return this.#end.sender.runNow({ message });
  }

  /**
   * Receives a message, and waits until there is one. It does not block the
   * event loop. Waits are served in order.
   *
   * `recv(2)`.
   *
   * @param options When to give up.
   * @returns The message, which is the caller's; `null` at the end.
   * @throws {Error} With code `EMSGSIZE` if it has more than 212,992 bytes;
   * give {@linkcode receiveInto} a larger buffer.
   * @throws {Deno.errors.ConnectionReset} If the other side is gone, and had
   * not received everything. What it sent before is received first.
   * @throws {Deno.errors.TimedOut} If there is none in time.
   * @throws {Deno.errors.BadResource} If it is closed, now or meanwhile.
   * @throws {unknown} The signal's reason, if it is aborted. Nothing is lost.
   */
  async receive(
    options?: WaitOptions,
  ): Promise<Uint8Array<ArrayBuffer> | null> {
    return messageOf(await this.#end.receiver.run(null, options) as Outcome);
  }

  /**
   * Receives a message, and blocks the thread until there is one.
   *
   * `recv(2)`, `poll(2)`.
   *
   * @param options When to give up.
   * @returns The message, which is the caller's; `null` at the end.
   * @throws {Error} With code `EMSGSIZE` if it has more than 212,992 bytes.
   * @throws {Deno.errors.ConnectionReset} If the other side is gone, and had
   * not received everything.
   * @throws {Deno.errors.TimedOut} If there is none in time.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  receiveSync(options?: SyncWaitOptions): Uint8Array<ArrayBuffer> | null {
    return messageOf(this.#end.receiver.runSync(null, options) as Outcome);
  }

  /**
   * Receives a message if there is one.
   *
   * `recv(2)`.
   *
   * @returns The message, which is the caller's; `null` at the end;
   * `undefined` if there is none, or another wait comes first.
   * @throws {Error} With code `EMSGSIZE` if it has more than 212,992 bytes.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  tryReceive(): Uint8Array<ArrayBuffer> | null | undefined {
    const result = this.#end.receiver.runNow(null);
    return result === undefined ? undefined : messageOf(result as Outcome);
  }

  /** The messages as they come, up to the end. */
  async *[Symbol.asyncIterator](): AsyncGenerator<
    Uint8Array<ArrayBuffer>,
    void,
    void
  > {
    for (;;) {
      const message = await this.receive();
      if (message === null) return;
      yield message;
    }
  }

  /**
   * Duplicates the descriptor: both are the same connection, until both are
   * closed.
   *
   * `fcntl(2)` with `F_DUPFD_CLOEXEC`.
   *
   * @returns Another object for the same connection.
   * @throws {Deno.errors.BadResource} If it is closed.
   * @throws {Error} With code `EMFILE` if there are too many open descriptors.
   */
  duplicate(): UnixSeqpacket {
    const descriptor = new SocketDescriptor(duplicate(this.#end.openFd));
    return new UnixSeqpacket(descriptor, this.#wait, this.#object);
  }

  /**
   * Sends descriptors with a message, and waits until there is room. It does
   * not block the event loop. The receiver gets duplicates; these stay the
   * caller's.
   *
   * `sendmsg(2)` with `SCM_RIGHTS`.
   *
   * @param message The message, at least one byte.
   * @param descriptors The descriptors, or what has one: 1 to 253.
   * @param options When to give up.
   * @throws {RangeError} If it is empty, or there are not 1 to 253.
   * @throws {Deno.errors.BadResource} If this, or one of them, is closed.
   * @throws {Deno.errors.BrokenPipe} If the other side receives no more.
   * @throws {Deno.errors.TimedOut} If there is no room in time.
   * @throws {Error} With code `ETOOMANYREFS` if too many are on their way.
   * @throws {unknown} The signal's reason, if it is aborted. Nothing is sent.
   */
  async sendDescriptors(
    message: Uint8Array,
    descriptors: Iterable<DescriptorSource>,
    options?: WaitOptions,
  ): Promise<void> {
    checkNotEmpty(message);
    const { descriptors: port } = this.#end;
    await port.send(message, descriptors, undefined, options);
  }

  /**
   * Sends descriptors with a message, and blocks the thread until there is
   * room.
   *
   * `sendmsg(2)` with `SCM_RIGHTS`, `poll(2)`.
   *
   * @param message The message, at least one byte.
   * @param descriptors The descriptors, or what has one: 1 to 253.
   * @param options When to give up.
   * @throws {RangeError} If it is empty, or there are not 1 to 253.
   * @throws {Deno.errors.BadResource} If this, or one of them, is closed.
   * @throws {Deno.errors.BrokenPipe} If the other side receives no more.
   * @throws {Deno.errors.TimedOut} If there is no room in time.
   * @throws {Error} With code `ETOOMANYREFS` if too many are on their way.
   */
  sendDescriptorsSync(
    message: Uint8Array,
    descriptors: Iterable<DescriptorSource>,
    options?: SyncWaitOptions,
  ): void {
    checkNotEmpty(message);
    this.#end.descriptors.sendSync(message, descriptors, undefined, options);
  }

  /**
   * Sends descriptors with a message if there is room now.
   *
   * `sendmsg(2)` with `SCM_RIGHTS`.
   *
   * @param message The message, at least one byte.
   * @param descriptors The descriptors, or what has one: 1 to 253.
   * @returns Whether it was sent.
   * @throws {RangeError} If it is empty, or there are not 1 to 253.
   * @throws {Deno.errors.BadResource} If this, or one of them, is closed.
   * @throws {Deno.errors.BrokenPipe} If the other side receives no more.
   */
  trySendDescriptors(
    message: Uint8Array,
    descriptors: Iterable<DescriptorSource>,
  ): boolean {
    checkNotEmpty(message);
    const { descriptors: port } = this.#end;
    return port.sendNow(message, descriptors, undefined) !== undefined;
  }

  /**
   * Ends sending: the other side receives the end, and can still send. Doing
   * so again does nothing.
   *
   * `shutdown(2)`.
   */
  closeWrite(): void {
    this.#end.closeWrite();
  }
}

function messageOf(result: Outcome): Uint8Array<ArrayBuffer> | null {
  return result === null ? null : result.message;
}

function checkNotEmpty(message: Uint8Array): void {
  if (message?.byteLength === 0) {
    throw new RangeError(
      "Cannot send an empty message by a connection: it would look like the " +
        "end",
    );
  }
}
