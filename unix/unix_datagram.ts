import { checkWait, descriptorFromEnv, duplicate } from "@ipc/libc";
import type { WaitOptions, WaitStrategy } from "@ipc/libc";
import { peerName, SocketDescriptor } from "@ipc/libc/sockets";
import type { SocketAddress, SyncWaitOptions } from "@ipc/libc/sockets";
import { decodePath, describe, encodePath, toUnixAddr } from "./_address.ts";
import { checkUnixSocket } from "./_adopt.ts";
import type { DescriptorSource } from "./_descriptor_port.ts";
import { MessageEnd } from "./_message_end.ts";
import type {
  ReceivedUnixDatagram,
  SendDatagramOptions,
  SendDatagramSyncOptions,
  TrySendDatagramOptions,
} from "./datagram.ts";
import { UnixMessageSocket } from "./unix_message_socket.ts";
import type { UnixFromFdOptions } from "./unix_stream.ts";

/** How a datagram socket was opened. */
export interface UnixDatagramParts {
  /** How to wait. */
  readonly wait: WaitStrategy;
  /** What it is called in messages. */
  readonly object: string;
  /** Removes the file, if it is still the one that was made. */
  remove?(): void;
}

/**
 * A Unix socket that carries datagrams: whole messages, each to an address of
 * its own. Between processes of one machine none is lost, and they come in
 * order; when the receiver has enough (10 on Linux by default, see
 * `net.unix.max_dgram_qlen`), sending waits.
 *
 * A datagram is at most as long as the send buffer, which is 212,992 bytes on
 * Linux unless it was set, less some for the system, and 2,048 on macOS.
 *
 * @see {@link https://man7.org/linux/man-pages/man7/unix.7.html | unix(7)}
 *
 * @example Usage
 * ```ts
 * import { openUnixDatagram } from "@ipc/unix";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * using kitchen = openUnixDatagram(`${folder}/kitchen`);
 * using waiter = openUnixDatagram(`${folder}/waiter`);
 *
 * const order = new TextEncoder().encode("two teas");
 * waiter.sendSync(order, { to: `${folder}/kitchen` });
 * const { message, address } = await kitchen.receive({ timeout: 1000 });
 * assertEquals(new TextDecoder().decode(message), "two teas");
 * assertEquals(address, `${folder}/waiter`);
 *
 * kitchen.close();
 * waiter.close();
 * await Deno.remove(folder);
 * ```
 */
export class UnixDatagram extends UnixMessageSocket
  implements AsyncIterable<ReceivedUnixDatagram> {
  readonly #end: MessageEnd;
  readonly #object: string;
  readonly #wait: WaitStrategy;
  /** The address to which was sent last, and how C has it. */
  #to = "";
  #encoded: SocketAddress | undefined;

  /**
   * Use {@linkcode openUnixDatagram}, `socketpair`, or
   * {@linkcode UnixDatagram.fromFd}.
   *
   * @ignore
   */
  constructor(descriptor: SocketDescriptor, parts: UnixDatagramParts) {
    const { wait, object } = parts;
    const end = new MessageEnd(descriptor, object, {
      wait,
      isConnection: false,
      remove: () => parts.remove?.(),
    });
    super(end);
    this.#end = end;
    this.#object = object;
    this.#wait = wait;
  }

  /**
   * Takes over a descriptor, such as one that this process inherited. Closing
   * it leaves the file of the socket.
   *
   * `getsockopt(2)`, `getsockname(2)`.
   *
   * Requires `--allow-ffi`.
   *
   * @param fd The descriptor. It belongs to the object from now on; if this
   * throws, it is still the caller's.
   * @param options How to wait.
   * @returns The socket.
   * @throws {TypeError} If it is a socket of another kind.
   * @throws {Deno.errors.BadResource} If there is no such descriptor.
   * @throws {Error} With code `ENOTSOCK` if it is no socket.
   */
  static fromFd(fd: number, options: UnixFromFdOptions = {}): UnixDatagram {
    const wait = checkWait(options.wait ?? "adaptive");
    checkUnixSocket(fd, "datagram");
    const object = describe(null);
    return new UnixDatagram(new SocketDescriptor(fd), { wait, object });
  }

  /**
   * Takes over the descriptor whose number an environment variable has.
   *
   * Requires `--allow-ffi` and `--allow-env`.
   *
   * @param variable The name of the variable.
   * @param options How to wait.
   * @returns The socket.
   * @throws {TypeError} If there is no number, or it is that of no socket.
   */
  static fromEnv(variable: string, options?: UnixFromFdOptions): UnixDatagram {
    return UnixDatagram.fromFd(descriptorFromEnv(variable), options);
  }

  /** Where it is bound; its path is `null` if it is not. */
  get localAddr(): Deno.UnixAddr {
    return toUnixAddr(this.#end.path, "unixpacket");
  }

  /**
   * Where it is connected, which its sends go to without an address, and only
   * from where it receives; `null` if it is not.
   */
  get remoteAddr(): Deno.UnixAddr | null {
    const address = peerName(this.#end.openFd);
    return address === undefined
      ? null
      : toUnixAddr(decodePath(address), "unixpacket");
  }

  /**
   * Sends a datagram, and waits until the receiver has room for it. It does
   * not block the event loop. Datagrams that wait are sent in order; do not
   * change their bytes meanwhile.
   *
   * `sendto(2)`; `send(2)` without an address.
   *
   * @param message The bytes, perhaps none.
   * @param options Where to, and when to give up.
   * @throws {Error} With code `EMSGSIZE` and both sizes if it is longer than
   * the send buffer holds, and with `EDESTADDRREQ` or `ENOTCONN` if there is
   * no address.
   * @throws {Deno.errors.NotFound} If there is no such socket.
   * @throws {Deno.errors.ConnectionRefused} If nobody has the socket there.
   * @throws {Deno.errors.PermissionDenied} If its mode forbids it.
   * @throws {Deno.errors.TimedOut} If there is no room in time.
   * @throws {Deno.errors.BadResource} If it is closed, now or meanwhile.
   * @throws {RangeError} If the path is longer than `sun_path` holds.
   * @throws {TypeError} If `message` is no `Uint8Array`.
   * @throws {unknown} The signal's reason, if it is aborted. Nothing is sent.
   */
  async send(
    message: Uint8Array,
    options?: SendDatagramOptions,
  ): Promise<void> {
    const address = this.#addressOf(options);
    await this.#end.sender.run({ message, address }, options);
  }

  /**
   * Sends a datagram, and blocks the thread until the receiver has room for
   * it.
   *
   * `sendto(2)`, `send(2)`, `poll(2)`.
   *
   * @param message The bytes, perhaps none.
   * @param options Where to, and when to give up.
   * @throws {Error} With code `EMSGSIZE` and both sizes if it is longer than
   * the send buffer holds, and with `EDESTADDRREQ` or `ENOTCONN` if there is
   * no address.
   * @throws {Deno.errors.NotFound} If there is no such socket.
   * @throws {Deno.errors.ConnectionRefused} If nobody has the socket there.
   * @throws {Deno.errors.PermissionDenied} If its mode forbids it.
   * @throws {Deno.errors.TimedOut} If there is no room in time.
   * @throws {Deno.errors.BadResource} If it is closed.
   * @throws {RangeError} If the path is longer than `sun_path` holds.
   * @throws {TypeError} If `message` is no `Uint8Array`.
   */
  sendSync(message: Uint8Array, options?: SendDatagramSyncOptions): void {
    this.#end.sender.runSync(message, this.#addressOf(options), options);
  }

  /**
   * Sends a datagram if the receiver has room for it now.
   *
   * `sendto(2)`, `send(2)`.
   *
   * @param message The bytes, perhaps none.
   * @param options Where to.
   * @returns Whether it was sent; not if another one waits for room.
   * @throws {Error} With code `EMSGSIZE` and both sizes if it is longer than
   * the send buffer holds.
   * @throws {Deno.errors.NotFound} If there is no such socket.
   * @throws {Deno.errors.ConnectionRefused} If nobody has the socket there.
   * @throws {Deno.errors.BadResource} If it is closed.
   * @throws {TypeError} If `message` is no `Uint8Array`.
   */
  trySend(message: Uint8Array, options?: TrySendDatagramOptions): boolean {
    const address = this.#addressOf(options);
    return this.#end.sender.runNow({ message, address });
  }

  /**
   * Receives a datagram, and waits until there is one. It does not block the
   * event loop. Waits are served in order.
   *
   * `recvfrom(2)`.
   *
   * @param options When to give up.
   * @returns The datagram, and who sent it.
   * @throws {Error} With code `EMSGSIZE` if it has more than 212,992 bytes;
   * give {@linkcode receiveInto} a larger buffer.
   * @throws {Deno.errors.TimedOut} If there is none in time.
   * @throws {Deno.errors.BadResource} If it is closed, now or meanwhile.
   * @throws {unknown} The signal's reason, if it is aborted. Nothing is lost.
   */
  receive(options?: WaitOptions): Promise<ReceivedUnixDatagram> {
    const { receiver } = this.#end;
    return receiver.run(null, options) as Promise<ReceivedUnixDatagram>;
  }

  /**
   * Receives a datagram, and blocks the thread until there is one.
   *
   * `recvfrom(2)`, `poll(2)`.
   *
   * @param options When to give up.
   * @returns The datagram, and who sent it.
   * @throws {Error} With code `EMSGSIZE` if it has more than 212,992 bytes.
   * @throws {Deno.errors.TimedOut} If there is none in time.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  receiveSync(options?: SyncWaitOptions): ReceivedUnixDatagram {
    return this.#end.receiver.runSync(null, options) as ReceivedUnixDatagram;
  }

  /**
   * Receives a datagram if there is one.
   *
   * `recvfrom(2)`.
   *
   * @returns The datagram, and who sent it; `undefined` if there is none, or
   * another wait comes first.
   * @throws {Error} With code `EMSGSIZE` if it has more than 212,992 bytes.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  tryReceive(): ReceivedUnixDatagram | undefined {
    return this.#end.receiver.runNow(null) as ReceivedUnixDatagram | undefined;
  }

  /**
   * Who sent the datagram that this object received last, for those that went
   * into a buffer. If several async waits are pending at a time, it need not
   * be that of the one that has just resolved: use `receive` then.
   */
  get lastAddress(): string | null {
    return this.#end.receiver.lastAddress ?? null;
  }

  /** The datagrams as they come, until this is closed. */
  async *[Symbol.asyncIterator](): AsyncGenerator<
    ReceivedUnixDatagram,
    void,
    void
  > {
    for (;;) {
      let datagram: ReceivedUnixDatagram;
      try {
        datagram = await this.receive();
      } catch (error) {
        if (error instanceof Deno.errors.BadResource && this.fd === -1) return;
        throw error;
      }
      yield datagram;
    }
  }

  /**
   * Duplicates the descriptor: both are the same socket, until both are
   * closed.
   *
   * `fcntl(2)` with `F_DUPFD_CLOEXEC`.
   *
   * @returns Another object for the same socket.
   * @throws {Deno.errors.BadResource} If it is closed.
   * @throws {Error} With code `EMFILE` if there are too many open descriptors.
   */
  duplicate(): UnixDatagram {
    const descriptor = new SocketDescriptor(duplicate(this.#end.openFd));
    return new UnixDatagram(descriptor, {
      wait: this.#wait,
      object: this.#object,
    });
  }

  /**
   * Sends descriptors with a datagram, and waits until there is room. It does
   * not block the event loop. The receiver gets duplicates; these stay the
   * caller's.
   *
   * `sendmsg(2)` with `SCM_RIGHTS`.
   *
   * @param message The bytes, perhaps none.
   * @param descriptors The descriptors, or what has one: 1 to 253.
   * @param options Where to, and when to give up.
   * @throws {RangeError} If there are not 1 to 253 descriptors.
   * @throws {Deno.errors.BadResource} If this, or one of them, is closed.
   * @throws {Deno.errors.ConnectionRefused} If nobody has the socket there.
   * @throws {Deno.errors.TimedOut} If there is no room in time.
   * @throws {Error} With code `ETOOMANYREFS` if too many are on their way.
   * @throws {unknown} The signal's reason, if it is aborted. Nothing is sent.
   */
  async sendDescriptors(
    message: Uint8Array,
    descriptors: Iterable<DescriptorSource>,
    options?: SendDatagramOptions,
  ): Promise<void> {
    const address = this.#addressOf(options);
    const { descriptors: port } = this.#end;
    await port.send(message, descriptors, address, options);
  }

  /**
   * Sends descriptors with a datagram, and blocks the thread until there is
   * room.
   *
   * `sendmsg(2)` with `SCM_RIGHTS`, `poll(2)`.
   *
   * @param message The bytes, perhaps none.
   * @param descriptors The descriptors, or what has one: 1 to 253.
   * @param options Where to, and when to give up.
   * @throws {RangeError} If there are not 1 to 253 descriptors.
   * @throws {Deno.errors.BadResource} If this, or one of them, is closed.
   * @throws {Deno.errors.ConnectionRefused} If nobody has the socket there.
   * @throws {Deno.errors.TimedOut} If there is no room in time.
   * @throws {Error} With code `ETOOMANYREFS` if too many are on their way.
   */
  sendDescriptorsSync(
    message: Uint8Array,
    descriptors: Iterable<DescriptorSource>,
    options?: SendDatagramSyncOptions,
  ): void {
    const address = this.#addressOf(options);
    this.#end.descriptors.sendSync(message, descriptors, address, options);
  }

  /**
   * Sends descriptors with a datagram if there is room now.
   *
   * `sendmsg(2)` with `SCM_RIGHTS`.
   *
   * @param message The bytes, perhaps none.
   * @param descriptors The descriptors, or what has one: 1 to 253.
   * @param options Where to.
   * @returns Whether it was sent.
   * @throws {RangeError} If there are not 1 to 253 descriptors.
   * @throws {Deno.errors.BadResource} If this, or one of them, is closed.
   * @throws {Deno.errors.ConnectionRefused} If nobody has the socket there.
   */
  trySendDescriptors(
    message: Uint8Array,
    descriptors: Iterable<DescriptorSource>,
    options?: TrySendDatagramOptions,
  ): boolean {
    const address = this.#addressOf(options);
    const { descriptors: port } = this.#end;
    return port.sendNow(message, descriptors, address) !== undefined;
  }

  #addressOf(
    options: TrySendDatagramOptions | undefined,
  ): SocketAddress | undefined {
    const to = options?.to;
    if (to === undefined) return undefined;
    if (to !== this.#to || this.#encoded === undefined) {
      this.#encoded = encodePath(to, `send from ${this.#object}`);
      this.#to = to;
    }
    return this.#encoded;
  }
}
