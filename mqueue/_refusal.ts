/** Why the system refuses a new queue: which limit, and how to raise it. */

import { Errno, isOsError, O_RDONLY, open, osError } from "@ipc/libc";
import { FileDescriptor } from "@ipc/libc";
import { limits } from "./limits.ts";
import type { PosixQueueLimits } from "./limits.ts";

const { EINVAL, EMFILE, ENOSPC, EOVERFLOW } = Errno;

/** The size of a queue. */
export interface QueueSize {
  /** The most messages that it holds. */
  readonly maxMessages: number;
  /** The longest message, in bytes. */
  readonly messageSize: number;
}

/**
 * Makes the error of a queue that could not be created.
 *
 * @param number The error number of `mq_open(3)`.
 * @param what What the queue is called in messages.
 * @param asked The size that was asked for, or that of default.
 * @returns The error, or `undefined` if no limit is to blame.
 */
export function refusal(
  number: number,
  what: string,
  asked: QueueSize | undefined,
): Error | undefined {
  const { posix } = limits();
  if (posix === undefined) return undefined;
  const size = asked ?? {
    maxMessages: posix.defaultMaxMessages,
    messageSize: posix.defaultMessageSize,
  };
  const [reason, hint] = explain(number, size, posix);
  if (reason === undefined) return undefined;
  return osError(number, "mq_open", `create ${what}`, hint, reason);
}

function explain(
  number: number,
  size: QueueSize,
  posix: PosixQueueLimits,
): [reason?: string, hint?: string] {
  switch (number) {
    case EMFILE:
      return hasNoDescriptors() ? [] : tooManyBytes(size, posix);
    case EINVAL:
      return tooLarge(size, posix);
    case ENOSPC:
      return [
        `there are ${posix.maxQueues} queues, which fs.mqueue.queues_max allows`,
        "unlink some, or raise it: " +
        `sysctl fs.mqueue.queues_max=${2 * posix.maxQueues}`,
      ];
    case EOVERFLOW:
      return [
        `${size.maxMessages} messages of ${size.messageSize} bytes are more ` +
        "than the system can count",
      ];
    default:
      return [];
  }
}

/** Whether the number of open files is to blame: then nothing opens. */
function hasNoDescriptors(): boolean {
  try {
    new FileDescriptor(open("/", O_RDONLY, "/")).close();
    return false;
  } catch (error) {
    return isOsError(error, "EMFILE");
  }
}

function tooManyBytes(
  size: QueueSize,
  posix: PosixQueueLimits,
): [string, string] {
  return [
    `it needs ${bytesOf(size)} bytes, and with those of this user's other ` +
    `queues that is more than RLIMIT_MSGQUEUE allows, ${posix.maxBytes} bytes`,
    `unlink queues, ask for fewer or shorter messages than ` +
    `${size.maxMessages} of ${size.messageSize} bytes, or raise the limit ` +
    "with ulimit -q or in limits.conf",
  ];
}

/** What the kernel counts for a queue: `mqueue_get_inode`, on 64 bits. */
function bytesOf({ maxMessages, messageSize }: QueueSize): number {
  const perMessage = 48; // struct msg_msg, and struct posix_msg_tree_node
  return maxMessages * messageSize + 2 * maxMessages * perMessage -
    Math.max(0, maxMessages - 32_768) * perMessage;
}

function tooLarge(
  { maxMessages, messageSize }: QueueSize,
  posix: PosixQueueLimits,
): [reason?: string, hint?: string] {
  const faults: string[] = [];
  const remedies: string[] = [];
  if (maxMessages > posix.maxMessages) {
    faults.push(
      `maxMessages ${maxMessages} is more than fs.mqueue.msg_max allows, ` +
        `${posix.maxMessages}`,
    );
    remedies.push(`sysctl fs.mqueue.msg_max=${maxMessages}`);
  }
  if (messageSize > posix.maxMessageSize) {
    faults.push(
      `messageSize ${messageSize} is more than fs.mqueue.msgsize_max ` +
        `allows, ${posix.maxMessageSize} bytes`,
    );
    remedies.push(`sysctl fs.mqueue.msgsize_max=${messageSize}`);
  }
  if (faults.length === 0) return [];
  return [faults.join(", and "), `raise it: ${remedies.join(" ")}`];
}
