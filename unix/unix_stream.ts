import { checkWait, descriptorFromEnv, duplicate } from "@ipc/libc";
import type { WaitOptions, WaitStrategy } from "@ipc/libc";
import {
  peerName,
  SO_RCVBUF,
  SO_SNDBUF,
  SocketDescriptor,
  socketName,
  StreamSocket,
} from "@ipc/libc/sockets";
import type { SyncWaitOptions } from "@ipc/libc/sockets";
import { decodePath, describe, toUnixAddr } from "./_address.ts";
import { checkUnixSocket } from "./_adopt.ts";
import { bufferSize, setBufferSize } from "./_buffer_size.ts";
import { DescriptorPort } from "./_descriptor_port.ts";
import type {
  DescriptorSource,
  ReceiveDescriptorsOptions,
  ReceiveDescriptorsSyncOptions,
  TryReceiveDescriptorsOptions,
} from "./_descriptor_port.ts";
import { peerCredentials } from "./credentials.ts";
import type { Credentials } from "./credentials.ts";
import type { ReceivedDescriptors } from "./received_descriptors.ts";

/** Options of the `fromFd` of Unix sockets. */
export interface UnixFromFdOptions {
  /**
   * How to wait: `"adaptive"` looks again for a moment before it sleeps, as
   * long as that pays; `"block"` sleeps at once.
   *
   * @default {"adaptive"}
   */
  wait?: WaitStrategy;
}

/**
 * A connection between two processes of this machine, on a descriptor of its
 * own: a stream of bytes each way, which can also carry descriptors, and
 * knows who the other side is.
 *
 * Bytes and descriptors are one stream, but waits for them are two queues:
 * await a write before you send descriptors, and have no read pending while
 * you receive some, for a read drops the descriptors that come with what it
 * reads.
 *
 * @see {@link https://man7.org/linux/man-pages/man7/unix.7.html | unix(7)}
 *
 * @example Usage
 * ```ts
 * import { openUnixListener, openUnixStream } from "@ipc/unix";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * using listener = openUnixListener(`${folder}/tea.sock`);
 * using client = await openUnixStream(`${folder}/tea.sock`);
 * using server = await listener.accept();
 *
 * client.writeSync(new TextEncoder().encode("two teas"));
 * const buffer = new Uint8Array(64);
 * assertEquals(await server.read(buffer), 8);
 * assertEquals(server.peerCredentials.pid, Deno.pid);
 *
 * listener.close();
 * await Deno.remove(folder);
 * ```
 */
export class UnixStream extends StreamSocket {
  readonly #descriptor: SocketDescriptor;
  readonly #wait: WaitStrategy;
  readonly #object: string;
  #port: DescriptorPort | undefined;

  /**
   * Use {@linkcode openUnixStream}, `socketpair`, or
   * {@linkcode UnixStream.fromFd}.
   *
   * @ignore
   */
  constructor(
    descriptor: SocketDescriptor,
    wait: WaitStrategy,
    object: string,
  ) {
    super(descriptor, object, wait);
    this.#descriptor = descriptor;
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
  static fromFd(fd: number, options: UnixFromFdOptions = {}): UnixStream {
    const wait = checkWait(options.wait ?? "adaptive");
    checkUnixSocket(fd, "stream");
    const object = describe(decodePath(peerName(fd)));
    return new UnixStream(new SocketDescriptor(fd), wait, object);
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
  static fromEnv(variable: string, options?: UnixFromFdOptions): UnixStream {
    return UnixStream.fromFd(descriptorFromEnv(variable), options);
  }

  /** Where this side is bound; its path is `null` if it is not. */
  get localAddr(): Deno.UnixAddr {
    return toUnixAddr(decodePath(socketName(this.#open("ask"))));
  }

  /** Where the other side is bound; its path is `null` if it is not. */
  get remoteAddr(): Deno.UnixAddr {
    return toUnixAddr(decodePath(peerName(this.#open("ask"))));
  }

  /**
   * Who the other side is, as the kernel saw it when it connected, or began
   * to listen, or made the pair.
   *
   * `getsockopt(2)` with `SO_PEERCRED`, on macOS `LOCAL_PEERCRED`.
   *
   * @throws {Deno.errors.BadResource} If this is closed.
   */
  get peerCredentials(): Credentials {
    return peerCredentials(this.#open("ask"));
  }

  /**
   * How many bytes may wait to be sent, as the system counts them; on Linux it
   * doubles what is set, up to `net.core.wmem_max`.
   *
   * `getsockopt(2)`, `setsockopt(2)` with `SO_SNDBUF`.
   *
   * @throws {RangeError} If what is set is not a whole number from 1.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  get sendBufferSize(): number {
    return bufferSize(this.#open("ask"), SO_SNDBUF);
  }
  set sendBufferSize(size: number) {
    setBufferSize(this.#open("ask"), SO_SNDBUF, size);
  }

  /**
   * How many bytes may wait to be received. Of Unix sockets it is the buffer
   * of the sender that counts.
   *
   * `getsockopt(2)`, `setsockopt(2)` with `SO_RCVBUF`.
   *
   * @throws {RangeError} If what is set is not a whole number from 1.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  get receiveBufferSize(): number {
    return bufferSize(this.#open("ask"), SO_RCVBUF);
  }
  set receiveBufferSize(size: number) {
    setBufferSize(this.#open("ask"), SO_RCVBUF, size);
  }

  /**
   * Duplicates the descriptor: both are the same connection, which the other
   * side sees end when both are closed.
   *
   * `fcntl(2)` with `F_DUPFD_CLOEXEC`.
   *
   * @returns Another object for the same connection.
   * @throws {Deno.errors.BadResource} If it is closed.
   * @throws {Error} With code `EMFILE` if there are too many open descriptors.
   */
  duplicate(): UnixStream {
    const descriptor = new SocketDescriptor(duplicate(this.#open("duplicate")));
    return new UnixStream(descriptor, this.#wait, this.#object);
  }

  /**
   * Sends descriptors with some bytes, and waits until there is room. It does
   * not block the event loop. The receiver gets duplicates; these stay the
   * caller's. They arrive with the first of the bytes.
   *
   * `sendmsg(2)` with `SCM_RIGHTS`.
   *
   * @param p The bytes, at least one.
   * @param descriptors The descriptors, or what has one: 1 to 253.
   * @param options When to give up.
   * @returns How many bytes were written, which may be fewer than there are.
   * @throws {RangeError} If there are no bytes, or not 1 to 253 descriptors.
   * @throws {Deno.errors.BadResource} If this, or one of them, is closed.
   * @throws {Deno.errors.BrokenPipe} If the other side reads no more.
   * @throws {Deno.errors.TimedOut} If there is no room in time.
   * @throws {Error} With code `ETOOMANYREFS` if too many are on their way.
   * @throws {TypeError} If `p` is no `Uint8Array`.
   * @throws {unknown} The signal's reason, if it is aborted. Nothing is sent.
   */
  sendDescriptors(
    p: Uint8Array,
    descriptors: Iterable<DescriptorSource>,
    options?: WaitOptions,
  ): Promise<number> {
    return this.#descriptors.send(p, descriptors, undefined, options);
  }

  /**
   * Sends descriptors with some bytes, and blocks the thread until there is
   * room.
   *
   * `sendmsg(2)` with `SCM_RIGHTS`, `poll(2)`.
   *
   * @param p The bytes, at least one.
   * @param descriptors The descriptors, or what has one: 1 to 253.
   * @param options When to give up.
   * @returns How many bytes were written, which may be fewer than there are.
   * @throws {RangeError} If there are no bytes, or not 1 to 253 descriptors.
   * @throws {Deno.errors.BadResource} If this, or one of them, is closed.
   * @throws {Deno.errors.BrokenPipe} If the other side reads no more.
   * @throws {Deno.errors.TimedOut} If there is no room in time.
   * @throws {Error} With code `ETOOMANYREFS` if too many are on their way.
   * @throws {TypeError} If `p` is no `Uint8Array`.
   */
  sendDescriptorsSync(
    p: Uint8Array,
    descriptors: Iterable<DescriptorSource>,
    options?: SyncWaitOptions,
  ): number {
    return this.#descriptors.sendSync(p, descriptors, undefined, options);
  }

  /**
   * Sends descriptors with some bytes if there is room now.
   *
   * `sendmsg(2)` with `SCM_RIGHTS`.
   *
   * @param p The bytes, at least one.
   * @param descriptors The descriptors, or what has one: 1 to 253.
   * @returns How many bytes were written; `undefined` if there is no room.
   * @throws {RangeError} If there are no bytes, or not 1 to 253 descriptors.
   * @throws {Deno.errors.BadResource} If this, or one of them, is closed.
   * @throws {Deno.errors.BrokenPipe} If the other side reads no more.
   */
  trySendDescriptors(
    p: Uint8Array,
    descriptors: Iterable<DescriptorSource>,
  ): number | undefined {
    return this.#descriptors.sendNow(p, descriptors, undefined);
  }

  /**
   * Receives bytes and the descriptors that come with them, and waits until
   * there are some. It does not block the event loop.
   *
   * `recvmsg(2)`. Descriptors are close-on-exec from the start, on macOS from
   * right after.
   *
   * @param p Where to put the bytes.
   * @param options The most descriptors, and when to give up.
   * @returns What came, perhaps without descriptors. Close it.
   * @throws {Error} With code `EMSGSIZE` if there are more descriptors than
   * are wanted, or than this process may have; all that came are closed.
   * @throws {Deno.errors.TimedOut} If nothing comes in time.
   * @throws {Deno.errors.BadResource} If this is closed, now or meanwhile.
   * @throws {RangeError} If `p` is empty.
   * @throws {TypeError} If `p` is no `Uint8Array`.
   * @throws {unknown} The signal's reason, if it is aborted. Nothing is lost.
   */
  receiveDescriptors(
    p: Uint8Array,
    options?: ReceiveDescriptorsOptions,
  ): Promise<ReceivedDescriptors> {
    return this.#descriptors.receive(p, options);
  }

  /**
   * Receives bytes and the descriptors that come with them, and blocks the
   * thread until there are some.
   *
   * `recvmsg(2)`, `poll(2)`.
   *
   * @param p Where to put the bytes.
   * @param options The most descriptors, and when to give up.
   * @returns What came, perhaps without descriptors. Close it.
   * @throws {Error} With code `EMSGSIZE` if there are more descriptors than
   * are wanted, or than this process may have; all that came are closed.
   * @throws {Deno.errors.TimedOut} If nothing comes in time.
   * @throws {Deno.errors.BadResource} If this is closed.
   * @throws {RangeError} If `p` is empty.
   * @throws {TypeError} If `p` is no `Uint8Array`.
   */
  receiveDescriptorsSync(
    p: Uint8Array,
    options?: ReceiveDescriptorsSyncOptions,
  ): ReceivedDescriptors {
    return this.#descriptors.receiveSync(p, options);
  }

  /**
   * Receives bytes, and the descriptors that come with them, that are there
   * now.
   *
   * `recvmsg(2)`.
   *
   * @param p Where to put the bytes.
   * @param options The most descriptors.
   * @returns What came; `undefined` if there is nothing. Close it.
   * @throws {Error} With code `EMSGSIZE` if there are more descriptors than
   * are wanted, or than this process may have; all that came are closed.
   * @throws {Deno.errors.BadResource} If this is closed.
   */
  tryReceiveDescriptors(
    p: Uint8Array,
    options?: TryReceiveDescriptorsOptions,
  ): ReceivedDescriptors | undefined {
    return this.#descriptors.receiveNow(p, options);
  }

  /**
   * Closes it; waits that are pending reject with `Deno.errors.BadResource`.
   * Doing so again does nothing.
   *
   * `close(2)`.
   */
  override close(): void {
    this.#descriptor.beginClose();
    this.#port?.close();
    super.close();
  }

  /**
   * Told that a child process has it.
   *
   * @ignore
   */
  override inherited(): void {
    this.#port?.inherited();
    super.inherited();
  }

  get #descriptors(): DescriptorPort {
    return this.#port ??= new DescriptorPort(
      this.#descriptor,
      this.#object,
      this.#wait,
      {
        isConnection: true,
        hasMessages: false,
        takeBuffered: (bytes) => this.reader.takeBuffered(bytes),
      },
    );
  }

  #open(verb: string): number {
    const { fd } = this;
    if (fd !== -1) return fd;
    throw new Deno.errors.BadResource(
      `Cannot ${verb} the ${this.#object}: it is closed`,
    );
  }
}
