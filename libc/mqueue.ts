/**
 * `<mqueue.h>`: POSIX message queues, which macOS does not have.
 *
 * From glibc and `linux/mqueue.h`. On Linux a queue is a descriptor like any
 * other, so that `poll(2)`, `fcntl(2)` and `close(2)` work on it.
 *
 * @see {@link https://man7.org/linux/man-pages/man7/mq_overview.7.html | mq_overview(7)}
 */

import { Errno } from "./errno.ts";
import { osError } from "./error.ts";
import { O_NONBLOCK } from "./fcntl.ts";
import { errno, library } from "./library.ts";
import { LongArgument } from "./long_argument.ts";
import { objectName } from "./object_name.ts";
import { WOULD_BLOCK } from "./unistd.ts";

const { EAGAIN, EINTR } = Errno;

const libmqueue = library({
  mq_getattr: { parameters: ["i32", "buffer"], result: "i32" }, // int mq_getattr(mqd_t, struct mq_attr *)
  // Variadic in C. Linux passes such arguments as it passes fixed ones.
  mq_open: { parameters: ["buffer", "i32", "u32", "buffer"], result: "i32" }, // mqd_t mq_open(const char *, int, mode_t, struct mq_attr *)
  // A message has at most 16 MiB, so its size fits 32 bits.
  mq_receive: {
    parameters: ["i32", "buffer", "usize", "pointer"],
    result: "i32",
  }, // ssize_t mq_receive(mqd_t, char *, size_t, unsigned *)
  mq_send: { parameters: ["i32", "buffer", "usize", "u32"], result: "i32" }, // int mq_send(mqd_t, const char *, size_t, unsigned)
  mq_setattr: { parameters: ["i32", "buffer", "pointer"], result: "i32" }, // int mq_setattr(mqd_t, const struct mq_attr *, struct mq_attr *)
  mq_unlink: { parameters: ["buffer"], result: "i32" }, // int mq_unlink(const char *)
});

const sizes = new LongArgument();
const rooms = new LongArgument();

/**
 * Where the system puts the priority of a message. It is one for all queues,
 * and passed as a pointer: to find out where an array is takes longer.
 */
const priority = new Uint32Array(new ArrayBuffer(4));
let priorityPointer: Deno.PointerValue = null;

/** How many priorities there are: they go from 0 to one less. */
export const MQ_PRIO_MAX = 32_768;

/** The longest name in bytes, slash included: `NAME_MAX` after the slash. */
export const MQ_NAME_MAX = 256;

/** Offsets in `struct mq_attr`, in bytes. */
export const MQ_ATTR = {
  size: 64,
  mq_flags: 0, // long
  mq_maxmsg: 8, // long
  mq_msgsize: 16, // long
  mq_curmsgs: 24, // long
} as const;

/** What the system knows of a queue. */
export interface QueueAttributes {
  /** The most messages that it holds. */
  readonly maxMessages: number;
  /** The longest message, in bytes. */
  readonly messageSize: number;
  /** How many messages are in it now. */
  readonly currentMessages: number;
  /** Whether a send or receive on the descriptor waits by itself. */
  readonly blocking: boolean;
}

/** What a new queue has. */
export interface NewQueue {
  /** The permission bits, less those of the umask. */
  readonly mode: number;
  /** Its size; without it, the system's default. */
  readonly size: { maxMessages: number; messageSize: number } | undefined;
}

/**
 * Opens a queue; the descriptor is close-on-exec.
 *
 * @param name The name.
 * @param flags `O_RDONLY`, `O_WRONLY` or `O_RDWR`, with `O_CREAT` and `O_EXCL`.
 * @param created What a new queue has.
 * @param explain Makes the error for a number, if more is known of it.
 * @returns The descriptor.
 * @see {@link https://man7.org/linux/man-pages/man3/mq_open.3.html | mq_open(3)}
 */
export function mqOpen(
  name: string,
  flags: number,
  created?: NewQueue,
  explain?: (number: number) => Error | undefined,
): number {
  const path = objectName(name, MQ_NAME_MAX);
  const size = created?.size;
  let attributes: DataView<ArrayBuffer> | null = null;
  if (size !== undefined) {
    attributes = new DataView(new ArrayBuffer(MQ_ATTR.size));
    setLong(attributes, MQ_ATTR.mq_maxmsg, size.maxMessages);
    setLong(attributes, MQ_ATTR.mq_msgsize, size.messageSize);
  }
  const mode = created?.mode ?? 0;
  for (;;) {
    const fd = libmqueue.mq_open()(path, flags, mode, attributes);
    if (fd !== -1) return fd;
    const number = errno[0];
    if (number === EINTR) continue;
    const action = created === undefined ? "open" : "create";
    throw explain?.(number) ??
      osError(
        number,
        "mq_open",
        `${action} message queue ${JSON.stringify(name)}`,
      );
  }
}

/**
 * Removes the name of a queue.
 *
 * @param name The name.
 * @see {@link https://man7.org/linux/man-pages/man3/mq_unlink.3.html | mq_unlink(3)}
 */
export function mqUnlink(name: string): void {
  if (libmqueue.mq_unlink()(objectName(name, MQ_NAME_MAX)) === -1) {
    throw osError(
      errno[0],
      "mq_unlink",
      `unlink message queue ${JSON.stringify(name)}`,
    );
  }
}

/**
 * Asks the system about a queue.
 *
 * @param fd Its descriptor.
 * @returns What it knows, or `undefined` if this is no queue.
 * @see {@link https://man7.org/linux/man-pages/man3/mq_getattr.3.html | mq_getattr(3)}
 */
export function mqAttributes(fd: number): QueueAttributes | undefined {
  const view = new DataView(new ArrayBuffer(MQ_ATTR.size));
  // The only way to fail is a descriptor of something else.
  if (libmqueue.mq_getattr()(fd, view) === -1) return undefined;
  return {
    maxMessages: getLong(view, MQ_ATTR.mq_maxmsg),
    messageSize: getLong(view, MQ_ATTR.mq_msgsize),
    currentMessages: getLong(view, MQ_ATTR.mq_curmsgs),
    blocking: (getLong(view, MQ_ATTR.mq_flags) & O_NONBLOCK) === 0,
  };
}

/**
 * Sets whether a send or receive on the descriptor waits by itself.
 *
 * @param fd The descriptor.
 * @param blocking Whether it does.
 * @see {@link https://man7.org/linux/man-pages/man3/mq_getattr.3.html | mq_setattr(3)}
 */
export function mqSetBlocking(fd: number, blocking: boolean): void {
  const view = new DataView(new ArrayBuffer(MQ_ATTR.size));
  setLong(view, MQ_ATTR.mq_flags, blocking ? 0 : O_NONBLOCK);
  if (libmqueue.mq_setattr()(fd, view, null) === -1) {
    throw osError(errno[0], "mq_setattr", "set the mode of the message queue");
  }
}

/**
 * Sends a message.
 *
 * @param fd The descriptor.
 * @param message The message.
 * @param priority Its priority.
 * @returns Whether there was room; if not, the descriptor does not wait.
 * @see {@link https://man7.org/linux/man-pages/man3/mq_send.3.html | mq_send(3)}
 */
export function mqSend(
  fd: number,
  message: Uint8Array<ArrayBuffer>,
  priority: number,
): boolean {
  const size = sizes.of(message.byteLength);
  for (;;) {
    if (libmqueue.mq_send()(fd, message, size, priority) === 0) return true;
    const number = errno[0];
    if (number === EAGAIN) return false;
    if (number !== EINTR) {
      throw osError(
        number,
        "mq_send",
        `send ${message.byteLength} bytes to the message queue`,
      );
    }
  }
}

/**
 * Receives a message.
 *
 * @param fd The descriptor.
 * @param target Where to put it.
 * @param room How many bytes there is room for. The longest message has to
 * fit.
 * @returns Its size in bytes; {@linkcode WOULD_BLOCK} if there is none, and
 * the descriptor does not wait.
 * @see {@link https://man7.org/linux/man-pages/man3/mq_receive.3.html | mq_receive(3)}
 */
export function mqReceive(
  fd: number,
  target: Uint8Array<ArrayBuffer>,
  room: number,
): number {
  const place = priorityPointer ??= Deno.UnsafePointer.of(priority);
  const length = rooms.of(room);
  for (;;) {
    const size = libmqueue.mq_receive()(fd, target, length, place);
    if (size !== -1) return size;
    const number = errno[0];
    if (number === EAGAIN) return WOULD_BLOCK;
    if (number !== EINTR) {
      throw osError(number, "mq_receive", "receive from the message queue");
    }
  }
}

/** The priority of the message that this thread received last. */
export function receivedPriority(): number {
  return priority[0]!;
}

function getLong(view: DataView, offset: number): number {
  return Number(view.getBigInt64(offset, true));
}

function setLong(view: DataView, offset: number, value: number): void {
  view.setBigInt64(offset, BigInt(value), true);
}
