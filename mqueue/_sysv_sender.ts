import { checkBytes, checkInteger, checkTimeout, Errno } from "@ipc/libc";
import type { WaitStrategy } from "@ipc/libc";
import {
  IPC_NOWAIT,
  MessagePacket,
  msgSend,
  msgSendOffThread,
  sysvFailure,
  SysvTransfers,
} from "@ipc/libc/queues";
import type { OffThreadCall, SysvTransfer } from "@ipc/libc/queues";
import { checkQueueTakes, checkSystemTakes, fullness } from "./_sysv_queue.ts";
import type {
  SysvSendOptions,
  SysvSendSyncOptions,
  SysvTrySendOptions,
} from "./sysv_message.ts";

const { EAGAIN, EINTR, EINVAL } = Errno;

/** How many bytes of a message there is room for at first. */
const USUAL_SIZE = 8192;

/** The sending side of a System V queue. */
export class SysvSender implements SysvTransfer<MessagePacket, true> {
  readonly #action: string;
  readonly transfers: SysvTransfers<MessagePacket, true>;
  readonly #id: number;
  readonly #what: string;
  /** The message that is being sent; one that waits has a copy of its own. */
  #packet = new MessagePacket(USUAL_SIZE);

  /**
   * @param id The queue.
   * @param what What it is called in messages.
   * @param wait How to wait.
   */
  constructor(id: number, what: string, wait: WaitStrategy) {
    this.#id = id;
    this.#what = what;
    this.#action = `send to ${what}`;
    this.transfers = new SysvTransfers<MessagePacket, true>(this, wait);
  }

  /** Sends a message, and lets the event loop run while it waits. */
  send(
    message: Uint8Array,
    options: SysvSendOptions | undefined,
  ): Promise<unknown> {
    options?.signal?.throwIfAborted();
    const timeout = checkTimeout(options?.timeout);
    this.transfers.checkOpen();
    const packet = this.#pack(message, options);
    return this.transfers.isFree(packet) && this.#send(packet, IPC_NOWAIT)
      ? this.transfers.done(true)
      : this.transfers.wait(packet, options?.signal, timeout);
  }

  /** Sends a message, and blocks the thread while it waits. */
  sendSync(
    message: Uint8Array,
    options: SysvSendSyncOptions | undefined,
  ): void {
    const timeout = options === undefined
      ? Infinity
      : checkTimeout(options.timeout);
    this.transfers.checkOpen();
    const packet = this.#pack(message, options);
    if (!this.#send(packet, IPC_NOWAIT)) {
      this.transfers.runLater(packet, timeout);
    }
  }

  /** Sends a message if there is room for it now. */
  trySend(
    message: Uint8Array,
    options: SysvTrySendOptions | undefined,
  ): boolean {
    this.transfers.checkOpen();
    const packet = this.#pack(message, options);
    if (this.transfers.isFree(packet) && this.#send(packet, IPC_NOWAIT)) {
      return true;
    }
    this.refuse(packet);
    return false;
  }

  /** Puts a message where the next call takes it. */
  #pack(
    message: Uint8Array,
    options: SysvTrySendOptions | undefined,
  ): MessagePacket {
    checkBytes(message);
    const type = options?.type ?? 1;
    if (type !== 1) checkInteger(type, "type", 1);
    if (message.byteLength > this.#packet.room) this.#grow(message.byteLength);
    this.#packet.put(message, type);
    return this.#packet;
  }

  #grow(size: number): void {
    checkSystemTakes(this.#what, size);
    this.#packet = new MessagePacket(size);
  }

  /** Says what it does, for messages. */
  describe(): string {
    return this.#action;
  }

  /** Tries to send it. */
  attempt(packet: MessagePacket): true | undefined {
    return this.#send(packet, IPC_NOWAIT);
  }

  /** Sends it, and sleeps until there is room. */
  block(packet: MessagePacket): true | undefined {
    return this.#send(packet, 0);
  }

  #send(packet: MessagePacket, flags: number): true | undefined {
    const result = msgSend(this.#id, packet, flags);
    return result === 0 ? true : this.#explain(-result, packet);
  }

  #explain(number: number, { size }: MessagePacket): undefined {
    if (number === EAGAIN || number === EINTR) return undefined;
    if (number === EINVAL) {
      checkSystemTakes(this.#what, size);
      checkQueueTakes(this.#id, this.#what, size); // on macOS
    }
    throw sysvFailure(number, "msgsnd", this.#action, "to write");
  }

  /** Says how full the queue is, to whoever may look. */
  whyLate({ size }: MessagePacket): string | undefined {
    return fullness(this.#id, size);
  }

  /** Refuses what would wait for ever. */
  refuse({ size }: MessagePacket): void {
    checkQueueTakes(this.#id, this.#what, size);
  }

  /** Copies it: the next message goes where this one is. */
  keep(packet: MessagePacket): MessagePacket {
    return packet.copy();
  }

  /** Messages are sent in the order in which they came. */
  lane(): string {
    return "";
  }

  /** Has another thread send it. */
  sleep(packet: MessagePacket): OffThreadCall | undefined {
    return msgSendOffThread(this.#id, packet);
  }

  /** The other thread has sent it. */
  outcome(): true {
    return true;
  }
}
