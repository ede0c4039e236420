import {
  checkWait,
  descriptorFromEnv,
  duplicate,
  FileDescriptor,
} from "@ipc/libc";
import type { WaitOptions, WaitStrategy } from "@ipc/libc";
import { Acceptor, SOCK_STREAM, socketName } from "@ipc/libc/sockets";
import type { SyncWaitOptions } from "@ipc/libc/streams";
import { toNetAddr } from "./_address.ts";
import { checkSocket } from "./_adopt.ts";
import { formatHost } from "./_host.ts";
import { TcpStream } from "./tcp_stream.ts";
import type { SocketFromFdOptions } from "./tcp_stream.ts";

/**
 * A socket that listens for TCP connections, on a descriptor of its own.
 *
 * It does what a `Deno.Listener` does, and can accept without the event loop,
 * give up a wait, and be handed to child processes, which then accept from
 * the same queue.
 *
 * @see {@link https://man7.org/linux/man-pages/man2/listen.2.html | listen(2)}
 *
 * @example Usage
 * ```ts
 * import { openTcpListener, openTcpStream } from "@ipc/socket";
 * import { assertEquals } from "@std/assert";
 *
 * using listener = openTcpListener();
 * using client = await openTcpStream({ port: listener.addr.port });
 * using server = await listener.accept({ timeout: 5000 });
 * assertEquals(server.remoteAddr, client.localAddr);
 * assertEquals(listener.tryAccept(), undefined);
 * ```
 */
export class TcpListener implements AsyncIterable<TcpStream>, Disposable {
  /** Where it listens. */
  readonly addr: Deno.NetAddr;
  readonly #acceptor: Acceptor;
  readonly #wait: WaitStrategy;

  /**
   * Use {@linkcode openTcpListener}, or {@linkcode TcpListener.fromFd}.
   *
   * @ignore
   */
  constructor({ fd }: FileDescriptor, wait: WaitStrategy) {
    this.addr = toNetAddr(socketName(fd), "tcp");
    const { hostname, port } = this.addr;
    const action = `accept a connection at ${formatHost(hostname, port)}`;
    this.#acceptor = new Acceptor(fd, action, wait);
    this.#wait = wait;
  }

  /**
   * Takes over the descriptor of a socket that listens, such as one that this
   * process inherited.
   *
   * `getsockopt(2)`, `getsockname(2)`.
   *
   * Requires `--allow-ffi`.
   *
   * @param fd The descriptor. It belongs to the object from now on; if this
   * throws, it is still the caller's.
   * @param options How to wait.
   * @returns The listener.
   * @throws {TypeError} If it is a socket of another kind, or does not listen.
   * @throws {Deno.errors.BadResource} If there is no such descriptor.
   * @throws {Error} With code `ENOTSOCK` if it is no socket.
   */
  static fromFd(fd: number, options: SocketFromFdOptions = {}): TcpListener {
    const wait = checkWait(options.wait ?? "adaptive");
    const object = "a TCP listener";
    checkSocket(fd, { type: SOCK_STREAM, listens: true, object });
    return new TcpListener(new FileDescriptor(fd), wait);
  }

  /**
   * Takes over the descriptor whose number an environment variable has.
   *
   * Requires `--allow-ffi` and `--allow-env`.
   *
   * @param variable The name of the variable.
   * @param options How to wait.
   * @returns The listener.
   * @throws {TypeError} If there is no number, or it is that of no listener.
   */
  static fromEnv(variable: string, options?: SocketFromFdOptions): TcpListener {
    return TcpListener.fromFd(descriptorFromEnv(variable), options);
  }

  /**
   * Accepts a connection, and waits until there is one. It does not block the
   * event loop.
   *
   * `accept4(2)`, on macOS `accept(2)`.
   *
   * @param options When to give up.
   * @returns The connection. Close it. `remoteAddr` says who it is.
   * @throws {Deno.errors.TimedOut} If none comes in time.
   * @throws {Deno.errors.BadResource} If this is closed, now or meanwhile.
   * @throws {Error} With code `EMFILE` or `ENFILE` if there are too many open
   * descriptors; the connection waits for another try.
   * @throws {unknown} The signal's reason, if it is aborted. Nothing is lost.
   */
  async accept(options?: WaitOptions): Promise<TcpStream> {
    return this.#stream(await this.#acceptor.run(options));
  }

  /**
   * Accepts a connection, and blocks the thread until there is one.
   *
   * `accept4(2)`, on macOS `accept(2)`; `poll(2)`.
   *
   * @param options When to give up.
   * @returns The connection. Close it.
   * @throws {Deno.errors.TimedOut} If none comes in time.
   * @throws {Deno.errors.BadResource} If this is closed.
   * @throws {Error} With code `EMFILE` or `ENFILE` if there are too many open
   * descriptors; the connection waits for another try.
   */
  acceptSync(options?: SyncWaitOptions): TcpStream {
    return this.#stream(this.#acceptor.runSync(options));
  }

  /**
   * Accepts a connection that waits now.
   *
   * `accept4(2)`, on macOS `accept(2)`.
   *
   * @returns The connection; `undefined` if there is none.
   * @throws {Deno.errors.BadResource} If this is closed.
   * @throws {Error} With code `EMFILE` or `ENFILE` if there are too many open
   * descriptors; the connection waits for another try.
   */
  tryAccept(): TcpStream | undefined {
    const fd = this.#acceptor.runNow();
    return fd === undefined ? undefined : this.#stream(fd);
  }

  /** The connections as they come, until this is closed. */
  async *[Symbol.asyncIterator](): AsyncGenerator<TcpStream, void, void> {
    for (;;) {
      let stream: TcpStream;
      try {
        stream = await this.accept();
      } catch (error) {
        if (error instanceof Deno.errors.BadResource && this.fd === -1) return;
        throw error;
      }
      yield stream;
    }
  }

  /**
   * The descriptor, or −1 once it is closed. It stays this object's: do not
   * close it.
   */
  get fd(): number {
    return this.#acceptor.fd;
  }

  /**
   * Duplicates the descriptor: both listen at the same place, until both are
   * closed.
   *
   * `fcntl(2)` with `F_DUPFD_CLOEXEC`.
   *
   * @returns Another object for the same socket.
   * @throws {Deno.errors.BadResource} If it is closed.
   * @throws {Error} With code `EMFILE` if there are too many open descriptors.
   */
  duplicate(): TcpListener {
    using undo = new DisposableStack();
    const descriptor = undo.use(new FileDescriptor(duplicate(this.fd)));
    const twin = new TcpListener(descriptor, this.#wait);
    undo.move();
    return twin;
  }

  /**
   * Processes that have it accept at the same time, so that none of them sets
   * it to wait: see {@linkcode spawnWith}. A program that is to wait in
   * `accept` has to set that itself, if another has used it async.
   *
   * @ignore
   */
  readonly isShared: boolean = true;

  /**
   * Told that a child process has it.
   *
   * @ignore
   */
  inherited(): void {
    this.#acceptor.inherited();
  }

  /**
   * Closes it; waits that are pending reject with `Deno.errors.BadResource`.
   * Connections that nobody has accepted are broken off, unless another
   * process listens on the same descriptor. Doing so again does nothing.
   *
   * `close(2)`.
   */
  close(): void {
    this.#acceptor.close();
  }

  /** Closes it. */
  [Symbol.dispose](): void {
    this.close();
  }

  #stream(fd: number): TcpStream {
    using undo = new DisposableStack();
    const stream = new TcpStream(undo.use(new FileDescriptor(fd)), this.#wait);
    undo.move();
    return stream;
  }
}
