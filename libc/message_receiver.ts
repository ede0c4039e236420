import { checkBytes } from "./bytes.ts";
import { Errno } from "./errno.ts";
import { osError } from "./error.ts";
import { capabilities } from "./platform.ts";
import { POLLIN, pollNow, POLLRDHUP } from "./poll.ts";
import { Slab } from "./slab.ts";
import type { SocketAddress } from "./socket.ts";
import type { SocketHalf } from "./socket_descriptor.ts";
import { MessageHeader } from "./socket_message.ts";
import { MSG_TRUNC, tryReceive, tryReceiveFrom } from "./socket_transfer.ts";
import { Transfers } from "./transfers.ts";
import type { SyncWaitOptions } from "./transfers.ts";
import { WOULD_BLOCK } from "./unistd.ts";
import type { WaitOptions } from "./wait_queue.ts";
import type { WaitStrategy } from "./wait_strategy.ts";

const { EMSGSIZE } = Errno;

/** Room for the address of any family. */
const ADDRESS_SIZE = 128;

/** Where messages go before their size is known: one place for each thread. */
let scratch = new Uint8Array(new ArrayBuffer(0));
let scratchLongs = new BigInt64Array(scratch.buffer);

function reserveScratch(size: number): void {
  if (scratch.byteLength >= size) return;
  scratch = new Uint8Array(new ArrayBuffer((size + 7) & ~7));
  scratchLongs = new BigInt64Array(scratch.buffer);
}

/** What a receiver has to know of its socket. */
export interface MessageReceiverOptions<A> {
  /** The longest message that is received without a buffer, in bytes. */
  readonly messageSize: number;
  /** Reads the address of a sender; without it, the address is not asked. */
  readonly decode?: (address: SocketAddress) => A;
  /** Whether it is a connection, which has an end. */
  readonly isConnection: boolean;
}

/** A message, and who sent it. */
export interface ReceivedFrom<A> {
  /** The message, which is the caller's. */
  readonly message: Uint8Array<ArrayBuffer>;
  /** Who sent it; `undefined` if that was not asked. */
  readonly address: A | undefined;
}

/** What becomes of a message: it is handed out, or put into a buffer. */
export type ReceiveTarget = Uint8Array | null;
/** A message, or the size of one in a buffer, or `null` for the end. */
export type ReceiveResult<A> = ReceivedFrom<A> | number | null;

/** The receiving side of a socket that carries whole messages. */
export class MessageReceiver<A> {
  readonly #half: SocketHalf;
  readonly #action: string;
  readonly #options: MessageReceiverOptions<A>;
  readonly #transfers: Transfers<ReceiveTarget, ReceiveResult<A>>;
  readonly #slab = new Slab();
  readonly #address: Uint8Array<ArrayBuffer>;
  readonly #addressSize = new Uint32Array(new ArrayBuffer(4));
  readonly #header: MessageHeader | undefined;
  /** The part of the place for all that this uses. */
  #room = new Uint8Array(new ArrayBuffer(0));
  /** The address that was read last, and what it says. */
  #known: Uint8Array<ArrayBuffer> | undefined;
  #decoded: A | undefined;

  /**
   * Takes one direction of a socket over.
   *
   * @param half The direction.
   * @param object What it is called in messages.
   * @param wait How to wait.
   * @param options What there is to know of it.
   */
  constructor(
    half: SocketHalf,
    object: string,
    wait: WaitStrategy,
    options: MessageReceiverOptions<A>,
  ) {
    this.#half = half;
    this.#action = `receive from ${object}`;
    this.#options = options;
    this.#address = new Uint8Array(new ArrayBuffer(ADDRESS_SIZE));
    if (!capabilities.messageSizes) {
      this.#header = new MessageHeader(0, ADDRESS_SIZE);
    }
    this.#transfers = new Transfers<ReceiveTarget, ReceiveResult<A>>(half, {
      action: this.#action,
      check: (target) => {
        if (target !== null) checkBytes(target);
      },
      event: POLLIN,
      isOffThread: true,
      attempt: (target) => this.#attempt(target),
    }, wait);
  }

  /** Who sent the message that was received last. */
  get lastAddress(): A | undefined {
    return this.#decoded;
  }

  /** Receives, and lets the event loop run while it waits. */
  run(
    target: ReceiveTarget,
    options: WaitOptions | undefined,
  ): Promise<ReceiveResult<A>> {
    return this.#transfers.run(target, options);
  }

  /** Receives, and blocks the thread until there is a message. */
  runSync(
    target: ReceiveTarget,
    options: SyncWaitOptions | undefined,
  ): ReceiveResult<A> {
    if (options?.timeout !== undefined || !this.#transfers.goesShortWay()) {
      return this.#transfers.runSync(target, options);
    }
    // The short way, for what has nothing to be looked at first.
    if (target !== null) checkBytes(target);
    const result = this.#attempt(target);
    return result === undefined ? this.#transfers.waitSync(target) : result;
  }

  /** Receives what is there now. */
  runNow(target: ReceiveTarget): ReceiveResult<A> | undefined {
    return this.#transfers.runNow(target);
  }

  /** Told that a child process has the socket. */
  inherited(): void {
    this.#transfers.forgetMode();
  }

  /** Closes this direction, and rejects what waits. */
  close(): void {
    this.#transfers.close();
  }

  #attempt(target: ReceiveTarget): ReceiveResult<A> | undefined {
    let bytes = target as Uint8Array<ArrayBuffer> | null;
    if (bytes === null) bytes = this.#scratch();
    const size = this.#receive(bytes);
    if (size === WOULD_BLOCK) return undefined;
    if (size === 0 && this.#options.isConnection && this.#isEnd()) return null;
    if (this.#options.decode !== undefined) this.#readAddress();
    if (size > bytes.byteLength) throw this.#cutOff(size, bytes.byteLength);
    if (target !== null) return size;
    const message = this.#slab.copy(scratch, scratchLongs, size);
    return { message, address: this.#decoded };
  }

  /** The place for all, as far as messages may go here. */
  #scratch(): Uint8Array<ArrayBuffer> {
    const { messageSize } = this.#options;
    reserveScratch(messageSize);
    if (this.#room.buffer !== scratch.buffer) {
      this.#room = scratch.subarray(0, messageSize);
    }
    return this.#room;
  }

  /** Receives, and returns the size that the message had. */
  #receive(bytes: Uint8Array<ArrayBuffer>): number {
    const { fd, flags } = this.#half;
    if (this.#header !== undefined) {
      return this.#receiveWithFlags(this.#header, bytes);
    }
    return this.#options.decode === undefined
      ? tryReceive(fd, bytes, flags | MSG_TRUNC, this.#action)
      : tryReceiveFrom(
        fd,
        bytes,
        flags | MSG_TRUNC,
        this.#address,
        this.#addressSize,
        this.#action,
      );
  }

  /** The way where a receive does not return the size. */
  #receiveWithFlags(
    header: MessageHeader,
    bytes: Uint8Array<ArrayBuffer>,
  ): number {
    const { fd, flags } = this.#half;
    const size = header.receive(fd, bytes, flags, this.#action);
    if (size === WOULD_BLOCK) return size;
    const { address } = header;
    this.#address.set(address);
    this.#addressSize[0] = address.byteLength;
    // Its size is not known, but that it was longer.
    return (header.flags & MSG_TRUNC) !== 0 ? Infinity : size;
  }

  #cutOff(size: number, room: number): Error {
    const has = size === Infinity ? "has more" : `has ${size} bytes`;
    return osError(
      EMSGSIZE,
      "recvmsg",
      this.#action,
      `the message ${has}, and there is room for ${room}: the rest is lost`,
    );
  }

  /** Whether nothing means the end, and not an empty message. */
  #isEnd(): boolean {
    const event = POLLRDHUP ?? POLLIN;
    return (pollNow(this.#half.fd, event) & event) !== 0;
  }

  #readAddress(): void {
    const size = Math.min(this.#addressSize[0]!, ADDRESS_SIZE);
    if (this.#known !== undefined && this.#isKnown(this.#known, size)) return;
    this.#known = this.#address.slice(0, size);
    this.#decoded = this.#options.decode!(this.#known);
  }

  #isKnown(known: Uint8Array, size: number): boolean {
    if (known.byteLength !== size) return false;
    const address = this.#address;
    for (let i = 0; i < size; i++) if (known[i] !== address[i]) return false;
    return true;
  }
}
