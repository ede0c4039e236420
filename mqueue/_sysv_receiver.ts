import {
  capabilities,
  checkBytes,
  checkInteger,
  checkTimeout,
  Errno,
  osError,
} from "@ipc/libc";
import type { WaitStrategy } from "@ipc/libc";
import {
  IPC_NOWAIT,
  MessagePacket,
  MSG_EXCEPT,
  MSG_NOERROR,
  msgAwaitOffThread,
  msgReceive,
  MTYPE_SIZE,
  readType,
  Slab,
  sysvFailure,
  SysvTransfers,
} from "@ipc/libc/queues";
import type { OffThreadCall, SysvTransfer } from "@ipc/libc/queues";
import { sizeOfNext } from "./_sysv_copy.ts";
import type {
  ReceivedSysvMessage,
  SysvReceiveOptions,
  SysvReceiveSyncOptions,
  SysvTryReceiveOptions,
} from "./sysv_message.ts";

const { E2BIG, EINTR, ENOMSG } = Errno;

/** How many bytes of a message there is room for at first. */
const USUAL_SIZE = 8192;
/** The most that a message can have: C counts them in 32 bits. */
const MOST_SIZE = 2 ** 31 - 1 - MTYPE_SIZE;

/** Which message to receive, and where to put it. */
interface Wish {
  readonly type: number;
  /** `MSG_EXCEPT` and `MSG_NOERROR`. */
  readonly flags: number;
  /** Where to put it, if it is not to be handed out. */
  readonly target: Uint8Array | undefined;
}

/** The wish of a receive without options. */
const ANY: Wish = { type: 0, flags: 0, target: undefined };

/** What comes of a wish: a message, or the size of one that has a target. */
type Received = ReceivedSysvMessage | number;

/** The receiving side of a System V queue. */
export class SysvReceiver implements SysvTransfer<Wish, Received> {
  readonly #action: string;
  readonly takesTurns = true;
  readonly transfers: SysvTransfers<Wish, Received>;
  /** The longest message that is received, in bytes. */
  maxMessageSize: number;
  /** The type of the message that was received last. */
  lastType = 0;
  readonly #id: number;
  readonly #slab = new Slab();
  /** Where a message goes. */
  #packet: MessagePacket;

  /**
   * @param id The queue.
   * @param what What it is called in messages.
   * @param maxMessageSize The longest message that is received, in bytes.
   * @param wait How to wait.
   */
  constructor(
    id: number,
    what: string,
    maxMessageSize: number,
    wait: WaitStrategy,
  ) {
    this.#id = id;
    this.#action = `receive from ${what}`;
    this.maxMessageSize = maxMessageSize;
    this.transfers = new SysvTransfers<Wish, Received>(this, wait);
    this.#packet = new MessagePacket(Math.min(USUAL_SIZE, maxMessageSize));
  }

  /** Receives, and lets the event loop run while it waits. */
  receive(
    target: Uint8Array | undefined,
    options: SysvReceiveOptions | undefined,
  ): Promise<Received> {
    options?.signal?.throwIfAborted();
    const timeout = checkTimeout(options?.timeout);
    this.transfers.checkOpen();
    const wish = this.#wish(target, options);
    const received = this.transfers.isFree(wish)
      ? this.attempt(wish)
      : undefined;
    return received === undefined
      ? this.transfers.wait(wish, options?.signal, timeout)
      : this.transfers.done(received);
  }

  /** Receives, and blocks the thread while it waits. */
  receiveSync(
    target: Uint8Array | undefined,
    options: SysvReceiveSyncOptions | undefined,
  ): Received {
    if (options !== undefined) return this.#receiveWith(target, options);
    this.transfers.checkOpen();
    if (target !== undefined) checkBytes(target);
    const wait = this.transfers.sleepsAtOnce() ? 0 : IPC_NOWAIT;
    return this.#receive(0, 0, target, wait) ??
      this.transfers.runLater(this.#wish(target, undefined), Infinity);
  }

  #receiveWith(
    target: Uint8Array | undefined,
    options: SysvReceiveSyncOptions,
  ): Received {
    const timeout = checkTimeout(options.timeout);
    this.transfers.checkOpen();
    const wish = this.#wish(target, options);
    const blocks = timeout === Infinity && this.transfers.sleepsAtOnce();
    return (blocks ? this.block(wish) : this.attempt(wish)) ??
      this.transfers.runLater(wish, timeout);
  }

  /** Receives what is there now. */
  tryReceive(
    target: Uint8Array | undefined,
    options: SysvTryReceiveOptions | undefined,
  ): Received | undefined {
    this.transfers.checkOpen();
    const wish = this.#wish(target, options);
    return this.transfers.isFree(wish) ? this.attempt(wish) : undefined;
  }

  /** Checks which message is asked for. */
  #wish(
    target: Uint8Array | undefined,
    options: SysvTryReceiveOptions | undefined,
  ): Wish {
    if (target !== undefined) checkBytes(target);
    if (options === undefined) {
      return target === undefined ? ANY : { type: 0, flags: 0, target };
    }
    const { type = 0, except = false, noError = false } = options;
    checkInteger(type, "type", Number.MIN_SAFE_INTEGER);
    if (except) this.#checkExcept(type);
    const flags = (except ? MSG_EXCEPT : 0) | (noError ? MSG_NOERROR : 0);
    return { type, flags, target };
  }

  #checkExcept(type: number): void {
    if (type <= 0) {
      throw new RangeError(
        `Cannot ${this.#action} except type ${type}: it must be 1 or more`,
      );
    }
    if (!capabilities.messageExcept) {
      throw new Deno.errors.NotSupported(
        `Cannot ${this.#action} except a type: macOS has no MSG_EXCEPT`,
      );
    }
  }

  /** Says what it does, for messages. */
  describe(): string {
    return this.#action;
  }

  /** Tries to receive. */
  attempt({ type, flags, target }: Wish): Received | undefined {
    return this.#receive(type, flags, target, IPC_NOWAIT);
  }

  /** Receives, and sleeps until there is a message. */
  block({ type, flags, target }: Wish): Received | undefined {
    return this.#receive(type, flags, target, 0);
  }

  /** The arguments are those of a wish: most have no object of their own. */
  #receive(
    type: number,
    flags: number,
    target: Uint8Array | undefined,
    wait: number,
  ): Received | undefined {
    for (;;) {
      let limit = this.maxMessageSize;
      if (target !== undefined && target.byteLength < limit) {
        limit = target.byteLength;
      }
      const packet = this.#packet;
      const room = limit < packet.room ? limit : packet.room;
      // Only at the limit are messages cut; before it there can be more room.
      const cuts = room < limit ? flags & ~MSG_NOERROR : flags;
      const size = msgReceive(this.#id, packet, room, type, cuts | wait);
      if (size >= 0) return this.#take(packet, size, target);
      if (size === -ENOMSG || size === -EINTR) return undefined;
      this.#makeRoom(-size, { type, flags, target }, limit);
    }
  }

  /** Makes room for the message if that was all, and throws if not. */
  #makeRoom(
    number: number,
    wish: Wish,
    limit: number,
  ): void {
    if (number !== E2BIG) {
      throw sysvFailure(number, "msgrcv", this.#action, "to read");
    }
    const { room } = this.#packet;
    if (room >= limit) throw this.#tooLong(wish, limit);
    const size = Math.max(USUAL_SIZE, 2 * room);
    this.#packet = new MessagePacket(Math.min(size, limit, MOST_SIZE));
  }

  #take(
    packet: MessagePacket,
    size: number,
    target: Uint8Array | undefined,
  ): Received {
    const type = this.lastType = readType(packet.words);
    if (target === undefined) {
      const { bytes, longs } = packet;
      const message = this.#slab.copy(bytes, longs, size, MTYPE_SIZE);
      return { message, type };
    }
    packet.take(target, size);
    return size;
  }

  #tooLong({ type, flags, target }: Wish, limit: number): Error {
    const size = sizeOfNext(this.#id, type, flags) ?? `more than ${limit}`;
    const [where, more] = target === undefined
      ? ["maxMessageSize is", "set maxMessageSize"]
      : ["the buffer has", "use one"];
    return osError(
      E2BIG,
      "msgrcv",
      this.#action,
      `it is still in the queue: ${more} of at least that many bytes, or ` +
        "take it with noError, which cuts it",
      `the message has ${size} bytes, and ${where} ${limit}`,
    );
  }

  /** Any message may come. */
  refuse(): void {}

  /** It keeps nothing: waiting takes no message. */
  keep(wish: Wish): Wish {
    return wish;
  }

  /** Waits for one kind of message are served in order. */
  lane({ type, flags }: Wish): string {
    return `${type}${flags & MSG_EXCEPT ? " except" : ""}`;
  }

  /** Has another thread sleep until there is a message. */
  sleep({ type, flags }: Wish): OffThreadCall | undefined {
    return msgAwaitOffThread(this.#id, type, flags & MSG_EXCEPT);
  }

  /** The other thread has received an empty message. */
  outcome({ target }: Wish, { memory }: OffThreadCall): Received {
    const type = this.lastType = readType(new Int32Array(memory.buffer));
    return target === undefined ? { message: new Uint8Array(0), type } : 0;
  }
}
