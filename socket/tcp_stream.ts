import {
  checkWait,
  descriptorFromEnv,
  duplicate,
  FileDescriptor,
} from "@ipc/libc";
import type { WaitStrategy } from "@ipc/libc";
import {
  IPPROTO_TCP,
  peerName,
  setSocketOption,
  SO_KEEPALIVE,
  SOCK_STREAM,
  SocketDescriptor,
  socketName,
  socketOption,
  SOL_SOCKET,
  StreamSocket,
  TCP_NODELAY,
} from "@ipc/libc/sockets";
import type { SocketAddress } from "@ipc/libc/sockets";
import { toNetAddr } from "./_address.ts";
import { checkSocket } from "./_adopt.ts";

/** Options of `TcpStream.fromFd` and of others that take descriptors over. */
export interface SocketFromFdOptions {
  /**
   * How to wait: `"adaptive"` looks again for a moment before it sleeps, as
   * long as that pays; `"block"` sleeps at once.
   *
   * @default {"adaptive"}
   */
  wait?: WaitStrategy;
}

/**
 * A TCP connection on a descriptor of its own: a stream of bytes each way.
 *
 * It reads and writes as a `Deno.Conn` does, and can do so without the event
 * loop, give up a wait without losing a byte, and be handed to a child
 * process. {@linkcode connectTcp} makes connections of Deno's own, which are
 * subject to Deno's permissions for the network.
 *
 * @see {@link https://man7.org/linux/man-pages/man7/tcp.7.html | tcp(7)}
 *
 * @example Usage
 * ```ts
 * import { openTcpListener, openTcpStreamSync } from "@ipc/socket";
 * import { assertEquals } from "@std/assert";
 *
 * using listener = openTcpListener();
 * using client = openTcpStreamSync({ port: listener.addr.port });
 * using server = listener.acceptSync();
 *
 * client.writeSync(new TextEncoder().encode("hello"));
 * const buffer = new Uint8Array(64);
 * assertEquals(server.readSync(buffer, { timeout: 5000 }), 5);
 *
 * client.closeWrite();
 * assertEquals(server.readSync(buffer), null); // the end
 * server.writeSync(Uint8Array.of(1)); // the other direction goes on
 * assertEquals(client.readSync(buffer), 1);
 * ```
 */
export class TcpStream extends StreamSocket {
  readonly #wait: WaitStrategy;
  readonly #local: SocketAddress;
  readonly #remote: SocketAddress | undefined;
  #localAddr: Deno.NetAddr | undefined;
  #remoteAddr: Deno.NetAddr | undefined;

  /**
   * Use {@linkcode openTcpStream}, or {@linkcode TcpStream.fromFd}.
   *
   * @ignore
   */
  constructor(descriptor: FileDescriptor, wait: WaitStrategy) {
    // If anything fails, it stays with whoever made it.
    const { fd } = descriptor;
    const local = socketName(fd);
    const remote = peerName(fd);
    super(new SocketDescriptor(fd), "TCP connection", wait);
    this.#wait = wait;
    this.#local = local;
    this.#remote = remote;
  }

  /**
   * Takes over the descriptor of a connection, such as one that this process
   * inherited.
   *
   * `getsockopt(2)`, `getsockname(2)`, `getpeername(2)`.
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
  static fromFd(fd: number, options: SocketFromFdOptions = {}): TcpStream {
    const wait = checkWait(options.wait ?? "adaptive");
    checkSocket(fd, { type: SOCK_STREAM, object: "a TCP connection" });
    return new TcpStream(new FileDescriptor(fd), wait);
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
  static fromEnv(variable: string, options?: SocketFromFdOptions): TcpStream {
    return TcpStream.fromFd(descriptorFromEnv(variable), options);
  }

  /** The address of this side. */
  get localAddr(): Deno.NetAddr {
    return this.#localAddr ??= toNetAddr(this.#local, "tcp");
  }

  /**
   * The address of the other side; its port is 0 if the other side had gone
   * before this was made.
   */
  get remoteAddr(): Deno.NetAddr {
    return this.#remoteAddr ??= toNetAddr(this.#remote, "tcp");
  }

  /**
   * Whether both sides are the same socket.
   *
   * @ignore
   */
  get isItself(): boolean {
    const local = this.#local;
    const remote = this.#remote;
    return remote !== undefined &&
      local.every((byte, index) => byte === remote[index]);
  }

  /**
   * Whether small pieces are sent at once, instead of being collected while
   * earlier ones are on their way.
   *
   * `TCP_NODELAY`.
   *
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  get noDelay(): boolean {
    return socketOption(this.fd, IPPROTO_TCP, TCP_NODELAY) !== 0;
  }
  set noDelay(on: boolean) {
    setSocketOption(this.fd, IPPROTO_TCP, TCP_NODELAY, Number(on));
  }

  /**
   * Whether the system finds out, after hours without a word, that the other
   * side is not there any more.
   *
   * `SO_KEEPALIVE`.
   *
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  get keepAlive(): boolean {
    return socketOption(this.fd, SOL_SOCKET, SO_KEEPALIVE) !== 0;
  }
  set keepAlive(on: boolean) {
    setSocketOption(this.fd, SOL_SOCKET, SO_KEEPALIVE, Number(on));
  }

  /**
   * Duplicates the descriptor: both are the same connection, which ends for
   * the other side when both are closed. An end of writing is for both.
   *
   * `fcntl(2)` with `F_DUPFD_CLOEXEC`.
   *
   * Bytes that an async read of this one brought, and that nobody has taken
   * yet, stay with it.
   *
   * @returns Another object for the same connection.
   * @throws {Deno.errors.BadResource} If it is closed.
   * @throws {Error} With code `EMFILE` if there are too many open descriptors.
   */
  duplicate(): TcpStream {
    using undo = new DisposableStack();
    const descriptor = undo.use(new FileDescriptor(duplicate(this.fd)));
    const twin = new TcpStream(descriptor, this.#wait);
    undo.move();
    return twin;
  }
}
