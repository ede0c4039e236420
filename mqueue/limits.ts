import { capabilities } from "@ipc/libc";
import {
  kernelSetting,
  MQ_PRIO_MAX,
  resourceLimit,
  RLIMIT_MSGQUEUE,
} from "@ipc/libc/queues";

/** What the system allows POSIX message queues. */
export interface PosixQueueLimits {
  /** The most messages that a new queue may hold: `fs.mqueue.msg_max`. */
  readonly maxMessages: number;
  /**
   * The longest message that a new queue may have, in bytes:
   * `fs.mqueue.msgsize_max`.
   */
  readonly maxMessageSize: number;
  /** What a new queue holds if nothing is asked: `fs.mqueue.msg_default`. */
  readonly defaultMaxMessages: number;
  /**
   * The longest message of a new queue if nothing is asked, in bytes:
   * `fs.mqueue.msgsize_default`.
   */
  readonly defaultMessageSize: number;
  /** How many queues there may be: `fs.mqueue.queues_max`. */
  readonly maxQueues: number;
  /**
   * How many bytes all queues of this user may take: `RLIMIT_MSGQUEUE`, as
   * `ulimit -q` shows it; `Infinity` if it is not limited.
   */
  readonly maxBytes: number;
  /** Up to what a process may raise that; `Infinity` if there is no bound. */
  readonly maxBytesHard: number;
  /** The highest priority of a message. */
  readonly maxPriority: number;
}

/** What the system allows System V message queues. */
export interface SysvQueueLimits {
  /** The longest message, in bytes: `kernel.msgmax`. */
  readonly maxMessageSize: number;
  /** How many bytes of messages a new queue holds: `kernel.msgmnb`. */
  readonly maxQueueBytes: number;
  /** How many queues there may be: `kernel.msgmni`. */
  readonly maxQueues: number;
}

/** What the system allows message queues. */
export interface MessageQueueLimits {
  /** POSIX queues; `undefined` where there are none, as on macOS. */
  readonly posix: PosixQueueLimits | undefined;
  /** System V queues; `undefined` where the system does not tell. */
  readonly sysv: SysvQueueLimits | undefined;
}

/**
 * Reads what the system allows message queues, as it is now.
 *
 * `/proc/sys/fs/mqueue`, `/proc/sys/kernel`, `getrlimit(2)`.
 *
 * The settings bind ordinary users; root may go beyond most. They are raised
 * with `sysctl(8)`, such as `sysctl fs.mqueue.msg_max=100`, and the resource
 * limit with `ulimit -q` or `limits.conf(5)`. macOS has fixed limits, and
 * does not tell them.
 *
 * Requires `--allow-ffi`.
 *
 * @returns The limits.
 * @see {@link https://man7.org/linux/man-pages/man7/mq_overview.7.html | mq_overview(7)}
 * @see {@link https://man7.org/linux/man-pages/man2/msgget.2.html | msgget(2)}
 *
 * @example Usage
 * ```ts
 * import { limits, openMessageQueue } from "@ipc/mqueue";
 *
 * const { posix } = limits();
 * if (posix !== undefined) {
 *   using queue = openMessageQueue(null, { maxMessages: posix.maxMessages });
 *   queue.unlink();
 * }
 * ```
 */
export function limits(): MessageQueueLimits {
  return { posix: posixLimits(), sysv: sysvLimits() };
}

/**
 * The limits of POSIX queues; where a kernel does not tell, what it has by
 * default.
 */
function posixLimits(): PosixQueueLimits | undefined {
  if (!capabilities.messageQueues) return undefined;
  const { soft, hard } = resourceLimit(RLIMIT_MSGQUEUE);
  const messages = kernelSetting("fs.mqueue.msg_default") ?? 10;
  const size = kernelSetting("fs.mqueue.msgsize_default") ?? 8192;
  const maxMessages = kernelSetting("fs.mqueue.msg_max") ?? 10;
  const maxMessageSize = kernelSetting("fs.mqueue.msgsize_max") ?? 8192;
  return {
    maxMessages,
    maxMessageSize,
    // The kernel takes the lesser of both.
    defaultMaxMessages: Math.min(messages, maxMessages),
    defaultMessageSize: Math.min(size, maxMessageSize),
    maxQueues: kernelSetting("fs.mqueue.queues_max") ?? 256,
    maxBytes: soft,
    maxBytesHard: hard,
    maxPriority: MQ_PRIO_MAX - 1,
  };
}

function sysvLimits(): SysvQueueLimits | undefined {
  const maxMessageSize = kernelSetting("kernel.msgmax");
  const maxQueueBytes = kernelSetting("kernel.msgmnb");
  const maxQueues = kernelSetting("kernel.msgmni");
  if (
    maxMessageSize === undefined || maxQueueBytes === undefined ||
    maxQueues === undefined
  ) return undefined;
  return { maxMessageSize, maxQueueBytes, maxQueues };
}
