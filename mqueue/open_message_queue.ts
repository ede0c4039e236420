import {
  checkInteger,
  checkMode,
  checkWait,
  FileDescriptor,
  O_CREAT,
  O_EXCL,
  O_RDONLY,
  O_RDWR,
  O_WRONLY,
  openOrCreate,
  setCloseOnExec,
  withRandomName,
} from "@ipc/libc";
import type { WaitStrategy } from "@ipc/libc";
import { mqOpen, mqUnlink } from "@ipc/libc/queues";
import { checkSupported, describe } from "./_queue.ts";
import { refusal } from "./_refusal.ts";
import type { QueueSize } from "./_refusal.ts";
import { limits } from "./limits.ts";
import { MessageQueue } from "./message_queue.ts";

/** Options of {@linkcode openMessageQueue}. */
export interface OpenMessageQueueOptions {
  /**
   * Creates the queue if there is none of this name.
   *
   * @default {false}
   */
  create?: boolean;
  /**
   * Creates the queue, and fails if there is one of this name. It is implied
   * when the name is `null`.
   *
   * @default {false}
   */
  createNew?: boolean;
  /**
   * The permission bits of a new queue, less those of the process's umask.
   *
   * @default {0o600}
   */
  mode?: number;
  /**
   * How many messages a new queue holds, at least one. An existing one keeps
   * what it has, and has to hold at least so many. Without it, the system's
   * default, which is 10; an ordinary user may have 10 at most unless that is
   * raised.
   */
  maxMessages?: number;
  /**
   * The longest message of a new queue, in bytes. An existing one keeps what
   * it has, and has to take at least so many. Without it, the system's
   * default, which is 8192; an ordinary user may have 8192 at most unless
   * that is raised.
   */
  messageSize?: number;
  /**
   * Opens it for receiving.
   *
   * @default {true}
   */
  read?: boolean;
  /**
   * Opens it for sending.
   *
   * @default {true}
   */
  write?: boolean;
  /**
   * How to wait: `"adaptive"` looks again for a moment before it sleeps, as
   * long as that pays; `"block"` sleeps at once.
   *
   * @default {"adaptive"}
   */
  wait?: WaitStrategy;
  /**
   * Whether programs that this process starts inherit the descriptor.
   *
   * @default {false}
   */
  inheritable?: boolean;
}

/** More than this the kernel refuses to everybody. */
const MAX_MESSAGES = 65_536; // HARD_MSGMAX
const MAX_MESSAGE_SIZE = 16 * 2 ** 20; // HARD_MSGSIZEMAX

/**
 * Opens a POSIX message queue. Linux only.
 *
 * `mq_open(3)`.
 *
 * The name is one path component after a slash, at most 256 bytes in all. All
 * queues of a user share the bytes of `RLIMIT_MSGQUEUE`, 819,200 by default,
 * which nine queues of the default size take: ask for what is needed. A
 * failed open leaves an existing queue as it was, and leaves no new one.
 *
 * Requires `--allow-ffi`.
 *
 * @param name The name, such as `"/jobs"`, or `null` to create a queue under
 * a random one.
 * @param options How to open it.
 * @returns The queue. Close it; unlink the name when no one needs it.
 * @throws {TypeError} If the name is none, the options contradict each other,
 * or the queue would be larger than the system allows: see `limits`.
 * @throws {RangeError} If the name is too long, a number is out of range, or
 * the existing queue is smaller than asked.
 * @throws {Deno.errors.NotFound} If it does not exist and is not created.
 * @throws {Deno.errors.AlreadyExists} If it exists and `createNew` is set.
 * @throws {Deno.errors.PermissionDenied} If its mode forbids it.
 * @throws {Deno.errors.NotSupported} On macOS.
 * @throws {Error} With code `EMFILE` if the user's queues would take too many
 * bytes, or with code `ENOSPC` if there are too many queues.
 * @see {@link https://pubs.opengroup.org/onlinepubs/9799919799/functions/mq_open.html | POSIX}
 * @see {@link https://man7.org/linux/man-pages/man3/mq_open.3.html | mq_open(3)}
 *
 * @example Usage
 * ```ts
 * import { openMessageQueue } from "@ipc/mqueue";
 * import { assertEquals } from "@std/assert";
 *
 * using jobs = openMessageQueue(null, { maxMessages: 4, messageSize: 64 });
 *
 * // The same queue, as another process would get it:
 * using other = openMessageQueue(jobs.name, { read: false });
 * other.sendSync(new Uint8Array([1, 2, 3]));
 * assertEquals([...jobs.receiveSync().message], [1, 2, 3]);
 * jobs.unlink();
 * ```
 */
export function openMessageQueue(
  name: string | null,
  options: OpenMessageQueueOptions = {},
): MessageQueue {
  checkSupported("open", name);
  const plan = checkOptions(name, options);
  if (name === null) return withRandomName((name) => createQueue(name, plan));
  if (plan.createNew) return createQueue(name, plan);
  if (!plan.create) return openQueue(name, plan);
  return openOrCreate(
    () => createQueue(name, plan),
    () => openQueue(name, plan),
  );
}

type Size = "maxMessages" | "messageSize";
type Plan =
  & Required<Omit<OpenMessageQueueOptions, Size>>
  & Record<Size, number | undefined>;

function checkOptions(
  name: string | null,
  options: OpenMessageQueueOptions,
): Plan {
  const plan: Plan = {
    create: false,
    createNew: name === null,
    mode: 0o600,
    maxMessages: undefined,
    messageSize: undefined,
    read: true,
    write: true,
    wait: "adaptive",
    inheritable: false,
    ...options,
  };
  const { maxMessages, messageSize } = plan;
  if (name === null && !plan.createNew) {
    throw new TypeError(
      "Cannot open a message queue: without a name, it can only be created",
    );
  }
  if (!plan.read && !plan.write) {
    throw new TypeError(
      `Cannot open ${describe(name)}: set read, write or both`,
    );
  }
  if (maxMessages !== undefined) {
    checkInteger(maxMessages, "maxMessages", 1, MAX_MESSAGES);
  }
  if (messageSize !== undefined) {
    checkInteger(messageSize, "messageSize", 1, MAX_MESSAGE_SIZE);
  }
  checkMode(plan.mode);
  checkWait(plan.wait);
  return plan;
}

/** Creates a queue; on failure it takes back what it created. */
function createQueue(name: string, plan: Plan): MessageQueue {
  const size = sizeOf(plan);
  const fd = mqOpen(
    name,
    accessOf(plan) | O_CREAT | O_EXCL,
    { mode: plan.mode, size },
    (number) => refusal(number, describe(name), size),
  );
  using undo = new DisposableStack();
  const descriptor = undo.use(new FileDescriptor(fd));
  undo.defer(() => mqUnlink(name));
  const queue = wrap(name, descriptor, plan, true);
  undo.move();
  return queue;
}

/** Opens a queue that exists; on failure it is as it was. */
function openQueue(name: string, plan: Plan): MessageQueue {
  using undo = new DisposableStack();
  const descriptor = undo.use(new FileDescriptor(mqOpen(name, accessOf(plan))));
  const queue = wrap(name, descriptor, plan, false);
  for (const key of ["maxMessages", "messageSize"] as const) {
    if (queue[key] < (plan[key] ?? 0)) {
      throw new RangeError(
        `Cannot open ${describe(name)}: its ${key} is ${queue[key]}, ` +
          `and ${plan[key]} is asked for`,
      );
    }
  }
  undo.move();
  return queue;
}

function wrap(
  name: string,
  descriptor: FileDescriptor,
  plan: Plan,
  created: boolean,
): MessageQueue {
  if (plan.inheritable) setCloseOnExec(descriptor.fd, false);
  return new MessageQueue(name, descriptor, created, plan.wait);
}

function accessOf({ read, write }: Plan): number {
  return read ? write ? O_RDWR : O_RDONLY : O_WRONLY;
}

/** The size of a new queue, if any of it was asked for: C wants both. */
function sizeOf({ maxMessages, messageSize }: Plan): QueueSize | undefined {
  if (maxMessages === undefined && messageSize === undefined) return undefined;
  const { posix } = limits();
  return {
    maxMessages: maxMessages ?? posix!.defaultMaxMessages,
    messageSize: messageSize ?? posix!.defaultMessageSize,
  };
}
