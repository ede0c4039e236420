import { checkBytes, checkInteger } from "@ipc/libc";
import type { WaitStrategy } from "@ipc/libc";
import {
  MQ_PRIO_MAX,
  mqAttributes,
  mqSend,
  PAUSES_FOR_MESSAGES,
  POLLOUT,
  Transfers,
} from "@ipc/libc/queues";
import type { Descriptor } from "@ipc/libc/queues";
import type { SendSyncOptions } from "./message.ts";

/** What is sent. */
export interface Outgoing {
  readonly message: Uint8Array;
  readonly priority: number;
}

/** The sending side of a queue. */
export class Sender {
  readonly transfers: Transfers<Outgoing, true>;
  readonly #fd: number;
  readonly #what: string;
  readonly #messageSize: number;

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
    this.#what = what;
    this.#messageSize = messageSize;
    this.transfers = new Transfers<Outgoing, true>(descriptor, {
      action: `send to ${what}`,
      check: ({ message, priority }) => this.#check(message, priority),
      event: POLLOUT,
      mostPauses: PAUSES_FOR_MESSAGES,
      naps: true,
      attempt: (outgoing) => this.#attempt(outgoing),
      whyLate: () => this.#whyLate(),
    }, wait);
  }

  /** Sends, and blocks the thread until there is room. */
  sendSync(message: Uint8Array, options: SendSyncOptions | undefined): void {
    const priority = options?.priority ?? 0;
    // Most often there is room, and then this saves a tenth of the time.
    if (options?.timeout === undefined && this.transfers.goesShortWay()) {
      this.#check(message, priority);
      if (mqSend(this.#fd, message, priority)) return;
      this.transfers.waitSync({ message, priority });
    } else {
      this.transfers.runSync({ message, priority }, options);
    }
  }

  #attempt({ message, priority }: Outgoing): true | undefined {
    const bytes = message as Uint8Array<ArrayBuffer>;
    return mqSend(this.#fd, bytes, priority) || undefined;
  }

  #whyLate(): string | undefined {
    const attributes = mqAttributes(this.#fd);
    if (attributes === undefined) return undefined;
    const { currentMessages, maxMessages } = attributes;
    // Somebody may have made room since.
    const full = currentMessages < maxMessages ? "" : "is full: it ";
    return `it ${full}holds ${currentMessages} of ${maxMessages} messages`;
  }

  #check(
    message: Uint8Array,
    priority: number,
  ): asserts message is Uint8Array<ArrayBuffer> {
    checkBytes(message);
    if (message.byteLength > this.#messageSize) {
      throw new RangeError(
        `Cannot send a message of ${message.byteLength} bytes to ` +
          `${this.#what}: its messages have up to ${this.#messageSize}`,
      );
    }
    if (priority !== 0) checkInteger(priority, "priority", 0, MQ_PRIO_MAX - 1);
  }
}
