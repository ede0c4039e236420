import { checkBytes, WOULD_BLOCK } from "@ipc/libc";
import type { WaitStrategy } from "@ipc/libc";
import {
  mqReceive,
  PAUSES_FOR_MESSAGES,
  POLLIN,
  Slab,
  Transfers,
} from "@ipc/libc/queues";
import type { SyncWaitOptions } from "@ipc/libc/queues";
import type { ReceivedMessage } from "./message.ts";

/** What becomes of a message: it is handed out, or put into a buffer. */
type Target = Uint8Array | null;

/** The receiving side of a queue. */
export class Receiver {
  /** With a buffer as the target the result is a size, else a message. */
  readonly transfers: Transfers<Target, ReceivedMessage | number>;
  readonly #fd: number;
  readonly #action: string;
  /** Where a message goes before its size is known. */
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #words: Uint32Array<ArrayBuffer>;
  readonly #messageSize: number;
  readonly #slab = new Slab();
  /** Where the system puts the priority of a message. */
  readonly #priority = new Uint32Array(new ArrayBuffer(4));

  /**
   * @param fd The queue, which is closed after this.
   * @param what What it is called in messages.
   * @param messageSize The longest message, in bytes.
   * @param wait How to wait.
   */
  constructor(
    fd: number,
    what: string,
    messageSize: number,
    wait: WaitStrategy,
  ) {
    this.#fd = fd;
    const buffer = new ArrayBuffer((messageSize + 3) & ~3);
    this.#bytes = new Uint8Array(buffer);
    this.#words = new Uint32Array(buffer);
    this.#messageSize = messageSize;
    this.#action = `receive from ${what}`;
    this.transfers = new Transfers<Target, ReceivedMessage | number>(
      { fd, close() {} },
      {
        action: this.#action,
        check: (target) => {
          if (target !== null) this.#check(target);
        },
        event: POLLIN,
        mostPauses: PAUSES_FOR_MESSAGES,
        naps: true,
        attempt: (target) => this.#attempt(target),
      },
      wait,
    );
  }

  /** The priority of the message that was received last. */
  get lastPriority(): number {
    return this.#priority[0]!;
  }

  /** Receives, and blocks the thread until there is a message. */
  receiveSync(options: SyncWaitOptions | undefined): ReceivedMessage {
    // Most often there is one, and then this saves a tenth of the time.
    if (options?.timeout === undefined && this.transfers.goesShortWay()) {
      return this.#receive() ??
        this.transfers.waitSync(null) as ReceivedMessage;
    }
    return this.transfers.runSync(null, options) as ReceivedMessage;
  }

  /** The same, into a buffer. */
  receiveIntoSync(
    p: Uint8Array,
    options: SyncWaitOptions | undefined,
  ): number {
    if (options?.timeout === undefined && this.transfers.goesShortWay()) {
      this.#check(p);
      const size = mqReceive(this.#fd, p, this.#priority);
      if (size !== WOULD_BLOCK) return size;
      return this.transfers.waitSync(p) as number;
    }
    return this.transfers.runSync(p, options) as number;
  }

  #check(target: Uint8Array): asserts target is Uint8Array<ArrayBuffer> {
    checkBytes(target);
    if (target.byteLength < this.#messageSize) {
      throw new RangeError(
        `Cannot ${this.#action} into ${target.byteLength} bytes: ` +
          `its messages have up to ${this.#messageSize}`,
      );
    }
  }

  #attempt(target: Target): ReceivedMessage | number | undefined {
    if (target === null) return this.#receive();
    const bytes = target as Uint8Array<ArrayBuffer>;
    const size = mqReceive(this.#fd, bytes, this.#priority);
    return size === WOULD_BLOCK ? undefined : size;
  }

  #receive(): ReceivedMessage | undefined {
    const size = mqReceive(this.#fd, this.#bytes, this.#priority);
    if (size === WOULD_BLOCK) return undefined;
    return {
      message: this.#slab.copy(this.#bytes, this.#words, size),
      priority: this.#priority[0]!,
    };
  }
}
