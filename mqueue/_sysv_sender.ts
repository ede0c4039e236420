import { checkBytes, checkInteger, checkTimeout, Errno } from "@ipc/libc";
import type { WaitStrategy } from "@ipc/libc";
import {
  IPC_NOWAIT,
  msgSend,
  msgSendOffThread,
  MTYPE_SIZE,
  sysvFailure,
  SysvTransfers,
  writeType,
} from "@ipc/libc/queues";
import type { OffThreadCall, SysvTransfer } from "@ipc/libc/queues";
import { checkQueueTakes, checkSystemTakes } from "./_sysv_queue.ts";
import type {
  SysvSendOptions,
  SysvSendSyncOptions,
  SysvTrySendOptions,
} from "./sysv_message.ts";

const { EAGAIN, EINTR, EINVAL } = Errno;

/** How many bytes of a message there is room for at first. */
const USUAL_SIZE = 8192;

/** A type, and after it the bytes of a message, as C has them. */
interface Packet {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** How many bytes there are after the type. */
  readonly size: number;
}

/** The sending side of a System V queue. */
export class SysvSender implements SysvTransfer<Packet, true> {
  readonly #action: string;
  readonly transfers: SysvTransfers<Packet, true>;
  readonly #id: number;
  readonly #what: string;
  /** The message that is being sent; one that waits has a copy of its own. */
  #bytes = new Uint8Array(MTYPE_SIZE + USUAL_SIZE);
  #words = new Int32Array(this.#bytes.buffer, 0, 2);

  /**
   * @param id The queue.
   * @param what What it is called in messages.
   * @param wait How to wait.
   */
  constructor(id: number, what: string, wait: WaitStrategy) {
    this.#id = id;
    this.#what = what;
    this.#action = `send to ${what}`;
    this.transfers = new SysvTransfers<Packet, true>(this, wait);
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
    const timeout = checkTimeout(options?.timeout);
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
  ): Packet {
    checkBytes(message);
    const type = options?.type ?? 1;
    if (type !== 1) checkInteger(type, "type", 1);
    const size = message.byteLength;
    if (size > this.#bytes.byteLength - MTYPE_SIZE) this.#grow(size);
    writeType(this.#words, type);
    this.#bytes.set(message, MTYPE_SIZE);
    return { bytes: this.#bytes, size };
  }

  #grow(size: number): void {
    checkSystemTakes(this.#what, size);
    this.#bytes = new Uint8Array(MTYPE_SIZE + size);
    this.#words = new Int32Array(this.#bytes.buffer, 0, 2);
  }

  /** Says what it does, for messages. */
  describe(): string {
    return this.#action;
  }

  /** Tries to send it. */
  attempt(packet: Packet): true | undefined {
    return this.#send(packet, IPC_NOWAIT);
  }

  /** Sends it, and sleeps until there is room. */
  block(packet: Packet): true | undefined {
    return this.#send(packet, 0);
  }

  #send({ bytes, size }: Packet, flags: number): true | undefined {
    const result = msgSend(this.#id, bytes, size, flags);
    if (result === 0) return true;
    if (result === -EAGAIN || result === -EINTR) return undefined;
    if (result === -EINVAL) {
      checkSystemTakes(this.#what, size);
      checkQueueTakes(this.#id, this.#what, size); // on macOS
    }
    throw sysvFailure(-result, "msgsnd", this.#action, "to write");
  }

  /** Refuses what would wait for ever. */
  refuse({ size }: Packet): void {
    checkQueueTakes(this.#id, this.#what, size);
  }

  /** Copies it: the next message goes where this one is. */
  keep({ bytes, size }: Packet): Packet {
    return { bytes: bytes.slice(0, MTYPE_SIZE + size), size };
  }

  /** Messages are sent in the order in which they came. */
  lane(): string {
    return "";
  }

  /** Has another thread send it. */
  sleep({ bytes }: Packet): OffThreadCall | undefined {
    return msgSendOffThread(this.#id, bytes);
  }

  /** The other thread has sent it. */
  outcome(): true {
    return true;
  }
}
