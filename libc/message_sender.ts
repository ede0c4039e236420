import { checkBytes } from "./bytes.ts";
import { Errno } from "./errno.ts";
import { osError } from "./error.ts";
import { capabilities } from "./platform.ts";
import { POLLOUT, pollSync } from "./poll.ts";
import { whenReady } from "./reactor.ts";
import { sleepSync } from "./sched.ts";
import { AF_UNIX, connect, SOCK_DGRAM, socket } from "./socket.ts";
import type { SocketAddress } from "./socket.ts";
import type { SocketHalf } from "./socket_descriptor.ts";
import { SO_SNDBUF, socketOption, SOL_SOCKET } from "./socket_option.ts";
import { trySend, trySendTo } from "./socket_transfer.ts";
import { Transfers } from "./transfers.ts";
import type { SyncWaitOptions } from "./transfers.ts";
import { SOCKADDR_UN } from "./un.ts";
import { close, WOULD_BLOCK } from "./unistd.ts";
import type { WaitOptions } from "./wait_queue.ts";
import type { WaitStrategy } from "./wait_strategy.ts";

const { EMSGSIZE, ENOBUFS } = Errno;

/** How long to wait where nothing tells when there is room, in milliseconds. */
const NAP = 1;

/** What is sent. */
export interface OutgoingMessage {
  /** The message. */
  readonly message: Uint8Array;
  /** Where to, as C has it; `undefined` to where the socket is connected. */
  readonly address?: SocketAddress | undefined;
}

/** What to say of an error number besides, when a message was refused. */
export type SendAdvice = (
  number: number,
  message: Uint8Array,
) => string | undefined;

/** The sending side of a socket that carries whole messages. */
export class MessageSender {
  readonly #half: SocketHalf;
  readonly #action: string;
  readonly #describe: (address: SocketAddress) => string;
  readonly #advise: SendAdvice | undefined;
  readonly #transfers: Transfers<OutgoingMessage, true>;
  readonly #fail = (number: number): Error => this.#failure(number);
  /** What was tried last. */
  #message: Uint8Array | undefined;
  #address: SocketAddress | undefined;
  /** A socket that knows when there is room at that address. */
  #scout: { readonly fd: number; readonly address: SocketAddress } | undefined;
  #takeBack: (() => void) | undefined;

  /**
   * Takes one direction of a socket over.
   *
   * @param half The direction.
   * @param object What it is called in messages.
   * @param wait How to wait.
   * @param describe What an address is called in messages.
   * @param advise What to add to an error, where more is known of it.
   */
  constructor(
    half: SocketHalf,
    object: string,
    wait: WaitStrategy,
    describe: (address: SocketAddress) => string,
    advise?: SendAdvice,
  ) {
    this.#half = half;
    this.#advise = advise;
    this.#action = `send to ${object}`;
    this.#describe = describe;
    this.#transfers = new Transfers<OutgoingMessage, true>(half, {
      action: this.#action,
      check: ({ message }) => checkBytes(message),
      event: POLLOUT,
      isOffThread: true,
      attempt: (outgoing) => this.#attempt(outgoing),
      waker: {
        arm: () => this.#arm(),
        disarm: () => this.#disarm(),
        close: () => this.#release(),
      },
      sleepSync: (outgoing, time) => this.#sleepSync(outgoing, time),
    }, wait);
  }

  /** Sends, and lets the event loop run while it waits. */
  async run(
    outgoing: OutgoingMessage,
    options: WaitOptions | undefined,
  ): Promise<void> {
    await this.#transfers.run(outgoing, options);
  }

  /** Sends, and blocks the thread until there is room. */
  runSync(
    message: Uint8Array,
    address: SocketAddress | undefined,
    options: SyncWaitOptions | undefined,
  ): void {
    if (options?.timeout !== undefined || !this.#transfers.goesShortWay()) {
      this.#transfers.runSync({ message, address }, options);
      return;
    }
    // The short way, for what has nothing to be looked at first.
    checkBytes(message);
    if (this.#send(message, address) !== WOULD_BLOCK) return;
    this.#transfers.waitSync({ message, address });
  }

  /** Sends if there is room now, and says whether there was. */
  runNow(outgoing: OutgoingMessage): boolean {
    return this.#transfers.runNow(outgoing) === true;
  }

  /** Told that a child process has the socket. */
  inherited(): void {
    this.#transfers.forgetMode();
  }

  /** Closes this direction, and rejects what waits. */
  close(): void {
    this.#transfers.close();
  }

  #attempt({ message, address }: OutgoingMessage): true | undefined {
    const bytes = message as Uint8Array<ArrayBuffer>;
    return this.#send(bytes, address) === WOULD_BLOCK ? undefined : true;
  }

  #send(
    message: Uint8Array<ArrayBuffer>,
    address: SocketAddress | undefined,
  ): number {
    this.#message = message;
    this.#address = address;
    const { fd, flags } = this.#half;
    try {
      return address === undefined
        ? trySend(fd, message, flags, this.#fail, "")
        : trySendTo(fd, message, flags, address, this.#fail, "");
    } catch (error) {
      if (error === noRoom) return WOULD_BLOCK;
      throw error;
    }
  }

  #failure(number: number): Error {
    if (number === ENOBUFS && !capabilities.datagramRoom) return noRoom;
    const address = this.#address;
    const action = address === undefined
      ? this.#action
      : `${this.#action.replace(/^send to/, "send from")} to ${
        this.#describe(address)
      }`;
    const call = address === undefined ? "send" : "sendto";
    return osError(number, call, action, this.#hint(number));
  }

  #hint(number: number): string | undefined {
    const advice = this.#advise?.(number, this.#message!);
    if (advice !== undefined || number !== EMSGSIZE) return advice;
    const room = socketOption(this.#half.fd, SOL_SOCKET, SO_SNDBUF);
    return `the message has ${this.#message!.byteLength} bytes, ` +
      `and the send buffer (SO_SNDBUF) holds ${room}`;
  }

  #sleepSync({ address }: OutgoingMessage, milliseconds: number): void {
    const fd = this.#watchedFd(address);
    if (fd === undefined) sleepSync(Math.min(NAP, milliseconds));
    else pollSync(fd, POLLOUT, milliseconds);
  }

  #arm(): void {
    if (this.#takeBack !== undefined) return;
    const serve = () => {
      this.#takeBack = undefined;
      this.#transfers.serve();
    };
    const fd = this.#watchedFd(this.#address);
    if (fd !== undefined) {
      this.#takeBack = whenReady(fd, "write", serve);
      return;
    }
    const timer = setTimeout(serve, NAP);
    this.#takeBack = () => clearTimeout(timer);
  }

  /**
   * The descriptor to watch for room; `undefined` if nothing tells. A Unix
   * socket that is not connected says that there is room while the queue of
   * the receiver is full. One that is connected to it knows.
   */
  #watchedFd(address: SocketAddress | undefined): number | undefined {
    if (!capabilities.datagramRoom) return undefined;
    if (address?.[SOCKADDR_UN.sun_family] !== AF_UNIX) return this.#half.fd;
    const scout = this.#scout;
    if (scout !== undefined && isSame(scout.address, address)) return scout.fd;
    this.#dismissScout();
    const fd = socket(AF_UNIX, SOCK_DGRAM);
    this.#scout = { fd, address };
    if (connect(fd, address) === 0) return fd;
    // The next try to send tells why.
    this.#dismissScout();
    return undefined;
  }

  #dismissScout(): void {
    if (this.#scout !== undefined) close(this.#scout.fd);
    this.#scout = undefined;
  }

  #release(): void {
    this.#disarm();
    this.#dismissScout();
  }

  #disarm(): void {
    this.#takeBack?.();
    this.#takeBack = undefined;
  }
}

/** Stands for a number that means no room, and is no error. */
const noRoom: Error = new Error("Cannot send: there is no room");

function isSame(a: SocketAddress, b: SocketAddress): boolean {
  return a.byteLength === b.byteLength &&
    a.every((byte, index) => byte === b[index]);
}
