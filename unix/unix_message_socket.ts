import type {
  ReceiveDescriptorsOptions,
  ReceiveDescriptorsSyncOptions,
  TryReceiveDescriptorsOptions,
} from "./_descriptor_port.ts";
import type { WaitOptions } from "@ipc/libc";
import { SO_RCVBUF, SO_SNDBUF } from "@ipc/libc/sockets";
import type { SyncWaitOptions } from "@ipc/libc/sockets";
import { bufferSize, setBufferSize } from "./_buffer_size.ts";
import type { MessageEnd } from "./_message_end.ts";
import type { ReceivedDescriptors } from "./received_descriptors.ts";

/**
 * What both kinds of Unix sockets that carry whole messages can do.
 *
 * @see {@link https://man7.org/linux/man-pages/man7/unix.7.html | unix(7)}
 */
export abstract class UnixMessageSocket<End extends null = never>
  implements Disposable {
  readonly #end: MessageEnd;

  /**
   * Use {@linkcode openUnixDatagram} or {@linkcode openUnixSeqpacket}.
   *
   * @ignore
   */
  constructor(end: MessageEnd) {
    this.#end = end;
  }

  /**
   * Receives a message into a buffer, and waits until there is one. It does
   * not block the event loop, and allocates nothing for the message.
   *
   * `recv(2)`, or `recvfrom(2)` of datagrams.
   *
   * @param p Where to put it.
   * @param options When to give up.
   * @returns Its size in bytes; of connections `null` at the end.
   * @throws {Error} With code `EMSGSIZE` and both sizes if it is longer than
   * `p`: the rest of it is lost.
   * @throws {Deno.errors.TimedOut} If there is none in time.
   * @throws {Deno.errors.BadResource} If it is closed, now or meanwhile.
   * @throws {TypeError} If `p` is no `Uint8Array`.
   * @throws {unknown} The signal's reason, if it is aborted. Nothing is lost.
   */
  receiveInto(p: Uint8Array, options?: WaitOptions): Promise<number | End> {
    return this.#end.receiver.run(p, options) as Promise<number | End>;
  }

  /**
   * Receives a message into a buffer, and blocks the thread until there is
   * one.
   *
   * `recv(2)`, or `recvfrom(2)` of datagrams; `poll(2)`.
   *
   * @param p Where to put it.
   * @param options When to give up.
   * @returns Its size in bytes; of connections `null` at the end.
   * @throws {Error} With code `EMSGSIZE` and both sizes if it is longer than
   * `p`: the rest of it is lost.
   * @throws {Deno.errors.TimedOut} If there is none in time.
   * @throws {Deno.errors.BadResource} If it is closed.
   * @throws {TypeError} If `p` is no `Uint8Array`.
   */
  receiveIntoSync(p: Uint8Array, options?: SyncWaitOptions): number | End {
    return this.#end.receiver.runSync(p, options) as number | End;
  }

  /**
   * Receives a message into a buffer if there is one.
   *
   * `recv(2)`, or `recvfrom(2)` of datagrams.
   *
   * @param p Where to put it.
   * @returns Its size in bytes; of connections `null` at the end; `undefined`
   * if there is none, or another wait comes first.
   * @throws {Error} With code `EMSGSIZE` and both sizes if it is longer than
   * `p`: the rest of it is lost.
   * @throws {Deno.errors.BadResource} If it is closed.
   * @throws {TypeError} If `p` is no `Uint8Array`.
   */
  tryReceiveInto(p: Uint8Array): number | End | undefined {
    return this.#end.receiver.runNow(p) as number | End | undefined;
  }

  /**
   * Receives a message and the descriptors that come with it, and waits until
   * there is one. It does not block the event loop.
   *
   * `recvmsg(2)`. Descriptors are close-on-exec from the start, on macOS from
   * right after.
   *
   * @param p Where to put the message.
   * @param options The most descriptors, and when to give up.
   * @returns What came, perhaps without descriptors. Close it.
   * @throws {Error} With code `EMSGSIZE` if the message is longer than `p`, or
   * there are more descriptors than are wanted, or than this process may
   * have; all that came are closed, and the message is lost.
   * @throws {Deno.errors.TimedOut} If none comes in time.
   * @throws {Deno.errors.BadResource} If this is closed, now or meanwhile.
   * @throws {RangeError} If `p` is empty.
   * @throws {TypeError} If `p` is no `Uint8Array`.
   * @throws {unknown} The signal's reason, if it is aborted. Nothing is lost.
   */
  async receiveDescriptors(
    p: Uint8Array,
    options?: ReceiveDescriptorsOptions,
  ): Promise<ReceivedDescriptors> {
    return await this.#end.descriptors.receive(p, options);
  }

  /**
   * Receives a message and the descriptors that come with it, and blocks the
   * thread until there is one.
   *
   * `recvmsg(2)`, `poll(2)`.
   *
   * @param p Where to put the message.
   * @param options The most descriptors, and when to give up.
   * @returns What came, perhaps without descriptors. Close it.
   * @throws {Error} With code `EMSGSIZE` if the message is longer than `p`, or
   * there are too many descriptors, as above.
   * @throws {Deno.errors.TimedOut} If none comes in time.
   * @throws {Deno.errors.BadResource} If this is closed.
   * @throws {RangeError} If `p` is empty.
   * @throws {TypeError} If `p` is no `Uint8Array`.
   */
  receiveDescriptorsSync(
    p: Uint8Array,
    options?: ReceiveDescriptorsSyncOptions,
  ): ReceivedDescriptors {
    return this.#end.descriptors.receiveSync(p, options);
  }

  /**
   * Receives a message, and the descriptors that come with it, if there is
   * one.
   *
   * `recvmsg(2)`.
   *
   * @param p Where to put the message.
   * @param options The most descriptors.
   * @returns What came; `undefined` if there is nothing. Close it.
   * @throws {Error} With code `EMSGSIZE` if the message is longer than `p`, or
   * there are too many descriptors, as above.
   * @throws {Deno.errors.BadResource} If this is closed.
   */
  tryReceiveDescriptors(
    p: Uint8Array,
    options?: TryReceiveDescriptorsOptions,
  ): ReceivedDescriptors | undefined {
    return this.#end.descriptors.receiveNow(p, options);
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
    return bufferSize(this.#end.openFd, SO_SNDBUF);
  }
  set sendBufferSize(size: number) {
    setBufferSize(this.#end.openFd, SO_SNDBUF, size);
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
    return bufferSize(this.#end.openFd, SO_RCVBUF);
  }
  set receiveBufferSize(size: number) {
    setBufferSize(this.#end.openFd, SO_RCVBUF, size);
  }

  /**
   * The descriptor, or −1 once it is closed. It stays this object's: do not
   * close it.
   */
  get fd(): number {
    return this.#end.fd;
  }

  /**
   * Told that a child process has it.
   *
   * @ignore
   */
  inherited(): void {
    this.#end.inherited();
  }

  /**
   * Closes it; waits that are pending reject with `Deno.errors.BadResource`.
   * If it made the file of a path, and that is still there, it is removed.
   * Doing so again does nothing.
   *
   * `close(2)`, `unlink(2)`.
   */
  close(): void {
    this.#end.close();
  }

  /** Closes it. */
  [Symbol.dispose](): void {
    this.close();
  }
}
