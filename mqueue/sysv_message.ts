import type { WaitOptions, WaitStrategy } from "@ipc/libc";
import type { SyncWaitOptions } from "@ipc/libc/queues";

/** How to use a System V queue: options of {@linkcode SysvMessageQueue.fromId}. */
export interface SysvMessageQueueOptions {
  /**
   * Uses it for receiving.
   *
   * @default {true}
   */
  read?: boolean;
  /**
   * Uses it for sending.
   *
   * @default {true}
   */
  write?: boolean;
  /**
   * The longest message to receive, in bytes. A longer one is an error, and
   * stays in the queue. Without it, every message is received.
   *
   * @default {Infinity}
   */
  maxMessageSize?: number;
  /**
   * How to wait: `"adaptive"` looks again for a moment before it sleeps, as
   * long as that pays; `"block"` sleeps at once.
   *
   * @default {"adaptive"}
   */
  wait?: WaitStrategy;
}

/** A message that was received from a System V queue. */
export interface ReceivedSysvMessage {
  /**
   * The bytes, which nobody changes any more. Their buffer is shared with
   * other messages: to transfer them to a worker, transfer `message.slice()`.
   */
  readonly message: Uint8Array<ArrayBuffer>;
  /**
   * Its type: what `send` was given. Other programs may send types above
   * 2⁵³ − 1, which are rounded here.
   */
  readonly type: number;
}

/** Options of {@linkcode SysvMessageQueue.trySend}. */
export interface SysvTrySendOptions {
  /**
   * The type of the message, a whole number from 1, by which receivers can
   * choose.
   *
   * @default {1}
   */
  type?: number;
}

/** Options of {@linkcode SysvMessageQueue.sendSync}. */
export interface SysvSendSyncOptions
  extends SysvTrySendOptions, SyncWaitOptions {}

/** Options of {@linkcode SysvMessageQueue.send}. */
export interface SysvSendOptions extends SysvTrySendOptions, WaitOptions {}

/** Which message to receive: options of {@linkcode SysvMessageQueue.tryReceive}. */
export interface SysvTryReceiveOptions {
  /**
   * Which message: 0 for the first one; a positive number for the first of
   * that type; a negative number −n for the first of the lowest type from 1
   * to n. macOS takes −n for the first message whose type is at most n, even
   * if one of a lower type stands behind it.
   *
   * @default {0}
   */
  type?: number;
  /**
   * Takes the first message that is not of the type, which has to be
   * positive. `MSG_EXCEPT`; Linux only.
   *
   * @default {false}
   */
  except?: boolean;
  /**
   * Cuts a message that is longer than the buffer, or than `maxMessageSize`.
   * The rest is lost. `MSG_NOERROR`.
   *
   * @default {false}
   */
  noError?: boolean;
}

/** Options of {@linkcode SysvMessageQueue.receiveSync}. */
export interface SysvReceiveSyncOptions
  extends SysvTryReceiveOptions, SyncWaitOptions {}

/** Options of {@linkcode SysvMessageQueue.receive}. */
export interface SysvReceiveOptions
  extends SysvTryReceiveOptions, WaitOptions {}

/** What the system knows of a System V queue. */
export interface SysvMessageQueueStat {
  /** The key, 0 for a private queue. */
  readonly key: number;
  /** The id. */
  readonly id: number;
  /** The owner's user number. */
  readonly uid: number;
  /** The owner's group number. */
  readonly gid: number;
  /** The creator's user number. */
  readonly cuid: number;
  /** The creator's group number. */
  readonly cgid: number;
  /** The permission bits, such as `0o600`. */
  readonly mode: number;
  /** How many bytes of messages it holds: `msg_qbytes`. */
  readonly maxSize: number;
  /** How many messages are in it now. */
  readonly currentMessages: number;
  /** How many bytes those have. */
  readonly currentSize: number;
  /** When the last message was sent, to the second; `null` if none was. */
  readonly lastSendTime: Date | null;
  /** When the last message was received, to the second; `null` if none was. */
  readonly lastReceiveTime: Date | null;
  /** When it was created, or changed by `set`, to the second. */
  readonly lastChangeTime: Date | null;
  /** The process that sent the last message; `null` if none was. */
  readonly lastSendPid: number | null;
  /** The process that received the last message; `null` if none was. */
  readonly lastReceivePid: number | null;
}

/** Changes to a System V queue; what is left out stays as it is. */
export interface SysvMessageQueueChanges {
  /**
   * The user number of its new owner.
   *
   * @default {undefined}
   */
  uid?: number;
  /**
   * The group number of its new owner.
   *
   * @default {undefined}
   */
  gid?: number;
  /**
   * The permission bits, such as `0o660`.
   *
   * @default {undefined}
   */
  mode?: number;
  /**
   * How many bytes of messages it holds; above `kernel.msgmnb` only root may
   * go.
   *
   * @default {undefined}
   */
  maxSize?: number;
}
