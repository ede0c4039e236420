import { checkMode, Errno, openOrCreate } from "@ipc/libc";
import {
  checkKey,
  IPC_CREAT,
  IPC_EXCL,
  IPC_PRIVATE,
  msgGet,
  msgRemove,
  withRandomKey,
} from "@ipc/libc/queues";
import { checkSysvOptions, describeQueue } from "./_sysv_queue.ts";
import { limits } from "./limits.ts";
import type { SysvMessageQueueOptions } from "./sysv_message.ts";
import { SysvMessageQueue } from "./sysv_message_queue.ts";

const { EACCES, ENOSPC } = Errno;

/** Options of {@linkcode openSysvMessageQueue}. */
export interface OpenSysvMessageQueueOptions extends SysvMessageQueueOptions {
  /**
   * Creates the queue if there is none of this key.
   *
   * @default {false}
   */
  create?: boolean;
  /**
   * Creates the queue, and fails if there is one of this key. It is implied
   * when the key is `null` or `IPC_PRIVATE`.
   *
   * @default {false}
   */
  createNew?: boolean;
  /**
   * The permission bits of a new queue. The umask does not count.
   *
   * @default {0o600}
   */
  mode?: number;
}

/**
 * Opens a System V message queue.
 *
 * `msgget(2)`.
 *
 * The key is a number of 32 bits that the processes agree on: a constant, one
 * that {@linkcode ftok} makes of a file, or the one of a queue that was
 * created with `null`. A private queue has none, and is found by its id alone:
 * see {@linkcode SysvMessageQueue.fromId}. A failed open leaves an existing
 * queue as it was, and leaves no new one.
 *
 * On Linux a POSIX queue is easier to wait for and to find; see
 * `openMessageQueue`. On macOS there is no other.
 *
 * Requires `--allow-ffi`.
 *
 * @param key The key, with or without a sign; `null` to create a queue under a
 * random one; or `IPC_PRIVATE`, which is 0, to create one without a key.
 * @param options How to open it.
 * @returns The queue. Close it; remove it when no one needs it.
 * @throws {TypeError} If the options contradict each other.
 * @throws {RangeError} If the key has more than 32 bits, or another number is
 * out of range.
 * @throws {Deno.errors.NotFound} If it does not exist and is not created.
 * @throws {Deno.errors.AlreadyExists} If it exists and `createNew` is set.
 * @throws {Deno.errors.PermissionDenied} If its mode forbids to read or write.
 * @throws {Error} With code `ENOSPC` if there are too many queues.
 * @see {@link https://pubs.opengroup.org/onlinepubs/9799919799/functions/msgget.html | POSIX}
 * @see {@link https://man7.org/linux/man-pages/man2/msgget.2.html | msgget(2)}
 *
 * @example Usage
 * ```ts
 * import { openSysvMessageQueue } from "@ipc/mqueue";
 * import { assertEquals } from "@std/assert";
 *
 * using jobs = openSysvMessageQueue(null);
 *
 * // The same queue, as another process would get it:
 * using other = openSysvMessageQueue(jobs.key!, { read: false });
 * other.sendSync(new Uint8Array([1, 2, 3]), { type: 7 });
 * assertEquals([...jobs.receiveSync({ type: 7 }).message], [1, 2, 3]);
 * jobs.remove();
 * ```
 */
export function openSysvMessageQueue(
  key: number | null,
  options: OpenSysvMessageQueueOptions = {},
): SysvMessageQueue {
  const number = key === null ? null : checkKey(key);
  const plan = checkOptions(number, options);
  if (number === null) return withRandomKey((key) => createQueue(key, plan));
  if (plan.createNew) return createQueue(number, plan);
  if (!plan.create) return openQueue(number, plan);
  return openOrCreate(
    () => createQueue(number, plan),
    () => openQueue(number, plan),
  );
}

type Plan = Required<OpenSysvMessageQueueOptions>;

function checkOptions(
  key: number | null,
  options: OpenSysvMessageQueueOptions,
): Plan {
  const what = describeQueue(undefined, key ?? undefined);
  const isNew = key === null || key === IPC_PRIVATE;
  const { create = false, createNew = isNew, mode = 0o600 } = options;
  if (isNew && !createNew) {
    throw new TypeError(
      `Cannot open ${what}: without a key, it can only be created`,
    );
  }
  checkMode(mode);
  return { create, createNew, mode, ...checkSysvOptions(what, options) };
}

/** Creates a queue; on failure it takes back what it created. */
function createQueue(key: number, plan: Plan): SysvMessageQueue {
  const flags = IPC_CREAT | IPC_EXCL | plan.mode;
  const action = `create ${describeQueue(undefined, key)}`;
  const id = msgGet(key, flags, action, explain);
  using undo = new DisposableStack();
  undo.defer(() => msgRemove(id));
  const queue = new SysvMessageQueue(id, key, true, plan);
  undo.move();
  return queue;
}

/** Opens a queue that exists. */
function openQueue(key: number, plan: Plan): SysvMessageQueue {
  // What is asked for of the owner is asked for of the group and others too.
  const access = (plan.read ? 0o400 : 0) | (plan.write ? 0o200 : 0);
  const action = `open ${describeQueue(undefined, key)}`;
  const id = msgGet(key, access, action, explain);
  return new SysvMessageQueue(id, key, false, plan);
}

function explain(number: number): string | undefined {
  if (number === EACCES) {
    return "its mode gives this user not both, to read and to write; set " +
      "read or write to false to ask for less";
  }
  if (number !== ENOSPC) return undefined;
  const most = limits().sysv?.maxQueues;
  const limit = most === undefined
    ? "there are as many queues as the system allows"
    : `there are ${most} queues, which kernel.msgmni allows; raise it: ` +
      `sysctl kernel.msgmni=${2 * most}`;
  return `${limit}, or remove some: ipcs -q, ipcrm -q`;
}
