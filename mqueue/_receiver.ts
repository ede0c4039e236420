import { checkBytes, WOULD_BLOCK } from "@ipc/libc";
import type { WaitStrategy } from "@ipc/libc";
import {
  Landing,
  mqReceive,
  PAUSES_FOR_MESSAGES,
  POLLIN,
  receivedPriority,
  Transfers,
} from "@ipc/libc/queues";
import type { Descriptor, SyncWaitOptions } from "@ipc/libc/queues";
import type { ReceivedMessage } from "./message.ts";

/** What becomes of a message: it is handed out, or put into a buffer. */
type Target = Uint8Array | null;

/** The receiving side of a queue. */
export class Receiver {
  /** With a buffer as the target the result is a size, else a message. */
  readonly transfers: Transfers<Target, ReceivedMessage | number>;
  readonly #fd: number;
  readonly #action: string;
  readonly #messageSize: number;
  readonly #landing: Landing;
  /** The priority of the message that was received last. */
  lastPriority = 0;

  /**
   * @param descriptor The queue, which is closed after this.
   * @param what What it is called in messages.
   * @param messageSize The longest message, in bytes.
   * @param wait How to wait.
   */
  constructor(
    descriptor: Descriptor,
    what: string,
    messageSize: number,
    wait: WaitStrategy,
  ) {
    this.#fd = descriptor.fd;
    this.#messageSize = messageSize;
    this.#landing = new Landing(messageSize);
    this.#action = `receive from ${what}`;
    this.transfers = new Transfers<Target, ReceivedMessage | number>(
      descriptor,
      {
        action: this.#action,
        check: (target) => {
          if (target !== null) this.#check(target);
        },
        event: POLLIN,
        mostPauses: PAUSES_FOR_MESSAGES,
        takesTurns: true,
        naps: true,
        attempt: (target) => this.#attempt(target),
      },
      wait,
    );
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
      return this.#receiveInto(p) ?? this.transfers.waitSync(p) as number;
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
    return target === null
      ? this.#receive()
      : this.#receiveInto(target as Uint8Array<ArrayBuffer>);
  }

  #receiveInto(target: Uint8Array<ArrayBuffer>): number | undefined {
    const size = mqReceive(this.#fd, target, target.byteLength);
    if (size === WOULD_BLOCK) return undefined;
    this.lastPriority = receivedPriority();
    return size;
  }

  #receive(): ReceivedMessage | undefined {
    const landing = this.#landing;
    const size = mqReceive(this.#fd, landing.target, this.#messageSize);
    if (size === WOULD_BLOCK) return undefined;
    const priority = this.lastPriority = receivedPriority();
    return { message: landing.take(size), priority };
  }
}
