import type { WaitOptions } from "@ipc/libc";
import type { SyncWaitOptions } from "@ipc/libc/queues";

/** A message that was received. */
export interface ReceivedMessage {
  /**
   * The bytes, which nobody changes any more. Their buffer is shared with
   * other messages: to transfer them to a worker, transfer `message.slice()`.
   */
  readonly message: Uint8Array<ArrayBuffer>;
  /** Its priority: what `send` was given. */
  readonly priority: number;
}

/** Options of {@linkcode MessageQueue.trySend}. */
export interface TrySendOptions {
  /**
   * The priority, from 0 to `MQ_PRIO_MAX - 1`. Messages of the highest
   * priority are received first, those of one priority in the order in which
   * they were sent.
   *
   * @default {0}
   */
  priority?: number;
}

/** Options of {@linkcode MessageQueue.sendSync}. */
export interface SendSyncOptions extends TrySendOptions, SyncWaitOptions {}

/** Options of {@linkcode MessageQueue.send}. */
export interface SendOptions extends TrySendOptions, WaitOptions {}

/** How large a message queue is, and how full. */
export interface MessageQueueAttributes {
  /** The most messages that it holds. */
  readonly maxMessages: number;
  /** The longest message, in bytes. */
  readonly messageSize: number;
  /** How many messages are in it now. */
  readonly currentMessages: number;
}

/** What the system knows of a message queue as a file. */
export interface MessageQueueStat {
  /** The permission bits, such as `0o600`. */
  readonly mode: number;
  /** The owner's user number. */
  readonly uid: number;
  /** The owner's group number. */
  readonly gid: number;
  /** How many names it has: 1, and 0 once it is unlinked. */
  readonly nlink: number;
}
