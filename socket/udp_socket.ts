import {
  checkWait,
  descriptorFromEnv,
  duplicate,
  Errno,
  FileDescriptor,
} from "@ipc/libc";
import type { WaitOptions, WaitStrategy } from "@ipc/libc";
import { MessageReceiver, MessageSender, SOCK_DGRAM } from "@ipc/libc/sockets";
import type { SyncWaitOptions } from "@ipc/libc/streams";
import { toNetAddr } from "./_address.ts";
import { checkSocket } from "./_adopt.ts";
import { formatHost } from "./_host.ts";
import type { SocketFromFdOptions } from "./tcp_stream.ts";
import type {
  ReceivedDatagram,
  UdpSendOptions,
  UdpSendSyncOptions,
  UdpTrySendOptions,
} from "./udp_address.ts";
import { UdpSocketHandle } from "./udp_socket_handle.ts";

/** The longest message of any family. */
const LONGEST = 65_535;

/**
 * A UDP socket: messages to and from anybody, each as a whole or not at all.
 *
 * A message may be lost on its way, or because the receiver is slow, and
 * nobody is told. On one machine, over loopback, nothing else loses any. On
 * Linux a message over IPv4 has at most 65,507 bytes, over IPv6 65,527; on
 * macOS 9,216 unless the system is told otherwise.
 *
 * @see {@link https://man7.org/linux/man-pages/man7/udp.7.html | udp(7)}
 *
 * @example Usage
 * ```ts
 * import { openUdpSocket } from "@ipc/socket";
 * import { assertEquals } from "@std/assert";
 *
 * using server = openUdpSocket();
 * using client = openUdpSocket();
 *
 * const question = new TextEncoder().encode("what time is it?");
 * await client.send(question, { to: server.localAddr });
 *
 * const { message, address } = await server.receive({ timeout: 5000 });
 * assertEquals(message, question);
 * server.sendSync(new TextEncoder().encode("noon"), { to: address });
 *
 * const buffer = new Uint8Array(64);
 * assertEquals(client.receiveIntoSync(buffer), 4);
 * assertEquals(client.lastAddress, server.localAddr);
 * ```
 */
export class UdpSocket extends UdpSocketHandle implements Disposable {
  readonly #wait: WaitStrategy;
  readonly #receiver: MessageReceiver<Deno.NetAddr>;
  readonly #sender: MessageSender;

  /**
   * Use {@linkcode openUdpSocket}, or {@linkcode UdpSocket.fromFd}.
   *
   * @ignore
   */
  constructor({ fd }: FileDescriptor, wait: WaitStrategy) {
    super(fd);
    const { hostname, port } = this.localAddr;
    const object = `UDP socket ${formatHost(hostname, port)}`;
    const { reading, writing } = this.directions;
    this.#wait = wait;
    this.#receiver = new MessageReceiver(reading, object, wait, {
      messageSize: LONGEST,
      decode: (address) => toNetAddr(address, "udp"),
      isConnection: false,
    });
    this.#sender = new MessageSender(
      writing,
      object,
      wait,
      (address) => {
        const { hostname, port } = toNetAddr(address, "udp");
        return formatHost(hostname, port);
      },
      (number, message) => this.#advise(number, message),
    );
  }

  /**
   * Takes over the descriptor of a UDP socket, such as one that this process
   * inherited.
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
  static fromFd(fd: number, options: SocketFromFdOptions = {}): UdpSocket {
    const wait = checkWait(options.wait ?? "adaptive");
    checkSocket(fd, { type: SOCK_DGRAM, object: "a UDP socket" });
    return new UdpSocket(new FileDescriptor(fd), wait);
  }

  /**
   * Takes over the descriptor whose number an environment variable has.
   *
   * Requires `--allow-ffi` and `--allow-env`.
   *
   * @param variable The name of the variable.
   * @param options How to wait.
   * @returns The socket.
   * @throws {TypeError} If there is no number, or it is that of no UDP socket.
   */
  static fromEnv(variable: string, options?: SocketFromFdOptions): UdpSocket {
    return UdpSocket.fromFd(descriptorFromEnv(variable), options);
  }

  /**
   * Sends a message, and waits until there is room for it. It does not block
   * the event loop.
   *
   * `send(2)`, `sendto(2)`.
   *
   * @param message The message, which may be empty.
   * @param options Where to, and when to give up.
   * @throws {Deno.errors.ConnectionRefused} If the socket is connected, and an
   * earlier message came to a port that nobody had open. This one is not sent.
   * @throws {Error} With code `EMSGSIZE` if it is too long, or `EDESTADDRREQ`
   * if it has no destination.
   * @throws {Deno.errors.PermissionDenied} If it is to go to all, and
   * `broadcast` is off.
   * @throws {Deno.errors.NetworkUnreachable} If there is no way there.
   * @throws {Deno.errors.TimedOut} If there is no room in time.
   * @throws {Deno.errors.BadResource} If it is closed, now or meanwhile.
   * @throws {TypeError} If the message is no `Uint8Array`.
   * @throws {unknown} The signal's reason, if it is aborted. Nothing is sent.
   */
  async send(message: Uint8Array, options?: UdpSendOptions): Promise<void> {
    const address = options?.to && this.destinations.find(options.to);
    await this.#sender.run({ message, address }, options);
  }

  /**
   * Sends a message, and blocks the thread until there is room for it.
   *
   * `send(2)`, `sendto(2)`, `poll(2)`.
   *
   * @param message The message, which may be empty.
   * @param options Where to, and when to give up.
   * @throws {Deno.errors.ConnectionRefused} If the socket is connected, and an
   * earlier message came to a port that nobody had open. This one is not sent.
   * @throws {Error} With code `EMSGSIZE` if it is too long, or `EDESTADDRREQ`
   * if it has no destination.
   * @throws {Deno.errors.PermissionDenied} If it is to go to all, and
   * `broadcast` is off.
   * @throws {Deno.errors.NetworkUnreachable} If there is no way there.
   * @throws {Deno.errors.TimedOut} If there is no room in time.
   * @throws {Deno.errors.BadResource} If it is closed.
   * @throws {TypeError} If the message is no `Uint8Array`.
   */
  sendSync(message: Uint8Array, options?: UdpSendSyncOptions): void {
    const address = options?.to && this.destinations.find(options.to);
    this.#sender.runSync(message, address, options);
  }

  /**
   * Sends a message if there is room for it now.
   *
   * `send(2)`, `sendto(2)`.
   *
   * @param message The message, which may be empty.
   * @param options Where to.
   * @returns Whether there was room.
   * @throws {Deno.errors.ConnectionRefused} If the socket is connected, and an
   * earlier message came to a port that nobody had open. This one is not sent.
   * @throws {Error} With code `EMSGSIZE` if it is too long, or `EDESTADDRREQ`
   * if it has no destination.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  trySend(message: Uint8Array, options?: UdpTrySendOptions): boolean {
    const address = options?.to && this.destinations.find(options.to);
    return this.#sender.runNow({ message, address });
  }

  /**
   * Receives a message, and waits until there is one. It does not block the
   * event loop.
   *
   * `recvfrom(2)`.
   *
   * @param options When to give up.
   * @returns The message, and who sent it.
   * @throws {Deno.errors.ConnectionRefused} If the socket is connected, and a
   * message that it sent came to a port that nobody had open.
   * @throws {Deno.errors.TimedOut} If there is none in time.
   * @throws {Deno.errors.BadResource} If it is closed, now or meanwhile.
   * @throws {unknown} The signal's reason, if it is aborted. Nothing is lost.
   */
  async receive(options?: WaitOptions): Promise<ReceivedDatagram> {
    return await this.#receiver.run(null, options) as ReceivedDatagram;
  }

  /**
   * Receives a message, and blocks the thread until there is one.
   *
   * `recvfrom(2)`, `poll(2)`.
   *
   * @param options When to give up.
   * @returns The message, and who sent it.
   * @throws {Deno.errors.ConnectionRefused} If the socket is connected, and a
   * message that it sent came to a port that nobody had open.
   * @throws {Deno.errors.TimedOut} If there is none in time.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  receiveSync(options?: SyncWaitOptions): ReceivedDatagram {
    return this.#receiver.runSync(null, options) as ReceivedDatagram;
  }

  /**
   * Receives a message that is there now.
   *
   * `recvfrom(2)`.
   *
   * @returns The message, and who sent it; `undefined` if there is none.
   * @throws {Deno.errors.ConnectionRefused} If the socket is connected, and a
   * message that it sent came to a port that nobody had open.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  tryReceive(): ReceivedDatagram | undefined {
    return this.#receiver.runNow(null) as ReceivedDatagram | undefined;
  }

  /**
   * Receives a message into memory of one's own, and waits until there is one.
   *
   * `recvfrom(2)`.
   *
   * @param p Where to put it. A longer message is lost.
   * @param options When to give up.
   * @returns How many bytes it has. {@linkcode lastAddress} is who sent it,
   * until the next one is received.
   * @throws {Error} With code `EMSGSIZE` if it was longer than `p`; the
   * message of the error has both sizes.
   * @throws {Deno.errors.ConnectionRefused} If the socket is connected, and a
   * message that it sent came to a port that nobody had open.
   * @throws {Deno.errors.TimedOut} If there is none in time.
   * @throws {Deno.errors.BadResource} If it is closed, now or meanwhile.
   * @throws {TypeError} If `p` is no `Uint8Array`.
   * @throws {unknown} The signal's reason, if it is aborted. Nothing is lost.
   */
  async receiveInto(p: Uint8Array, options?: WaitOptions): Promise<number> {
    return await this.#receiver.run(p, options) as number;
  }

  /**
   * Receives a message into memory of one's own, and blocks the thread until
   * there is one.
   *
   * `recvfrom(2)`, `poll(2)`.
   *
   * @param p Where to put it. A longer message is lost.
   * @param options When to give up.
   * @returns How many bytes it has. {@linkcode lastAddress} is who sent it.
   * @throws {Error} With code `EMSGSIZE` if it was longer than `p`; the
   * message of the error has both sizes.
   * @throws {Deno.errors.ConnectionRefused} If the socket is connected, and a
   * message that it sent came to a port that nobody had open.
   * @throws {Deno.errors.TimedOut} If there is none in time.
   * @throws {Deno.errors.BadResource} If it is closed.
   * @throws {TypeError} If `p` is no `Uint8Array`.
   */
  receiveIntoSync(p: Uint8Array, options?: SyncWaitOptions): number {
    return this.#receiver.runSync(p, options) as number;
  }

  /**
   * Receives a message that is there now into memory of one's own.
   *
   * `recvfrom(2)`.
   *
   * @param p Where to put it. A longer message is lost.
   * @returns How many bytes it has; `undefined` if there is none.
   * @throws {Error} With code `EMSGSIZE` if it was longer than `p`.
   * @throws {Deno.errors.BadResource} If it is closed.
   * @throws {TypeError} If `p` is no `Uint8Array`.
   */
  tryReceiveInto(p: Uint8Array): number | undefined {
    return this.#receiver.runNow(p) as number | undefined;
  }

  /** Who sent the message that was received last. */
  get lastAddress(): Deno.NetAddr | undefined {
    return this.#receiver.lastAddress;
  }

  /** The messages as they come, until this is closed. */
  async *[Symbol.asyncIterator](): AsyncGenerator<ReceivedDatagram> {
    for (;;) {
      let received: ReceivedDatagram;
      try {
        received = await this.receive();
      } catch (error) {
        if (error instanceof Deno.errors.BadResource && this.fd === -1) return;
        throw error;
      }
      yield received;
    }
  }

  /**
   * Duplicates the descriptor: each message goes to one of both.
   *
   * `fcntl(2)` with `F_DUPFD_CLOEXEC`.
   *
   * @returns Another object for the same socket.
   * @throws {Deno.errors.BadResource} If it is closed.
   * @throws {Error} With code `EMFILE` if there are too many open descriptors.
   */
  duplicate(): UdpSocket {
    using undo = new DisposableStack();
    const descriptor = undo.use(new FileDescriptor(duplicate(this.openFd)));
    const twin = new UdpSocket(descriptor, this.#wait);
    undo.move();
    return twin;
  }

  /**
   * Told that a child process has it.
   *
   * @ignore
   */
  inherited(): void {
    this.#receiver.inherited();
    this.#sender.inherited();
  }

  /**
   * Closes it; waits that are pending reject with `Deno.errors.BadResource`.
   * Doing so again does nothing.
   *
   * `close(2)`.
   */
  close(): void {
    this.directions.beginClose();
    this.#receiver.close();
    this.#sender.close();
  }

  /** Closes it. */
  [Symbol.dispose](): void {
    this.close();
  }

  #advise(number: number, message: Uint8Array): string | undefined {
    if (number === Errno.EMSGSIZE) {
      return `the message has ${message.byteLength} bytes, and one over ` +
        `this socket has at most ${this.messageSize}`;
    }
    if (number === Errno.EACCES) return "set broadcast to send to all";
    if (number === Errno.EDESTADDRREQ) return 'say where "to", or connect it';
    return undefined;
  }
}
