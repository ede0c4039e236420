import {
  checkInteger,
  checkMode,
  checkTimeout,
  Errno,
  isOsError,
  openOrCreate,
} from "@ipc/libc";
import {
  checkKey,
  IPC_CREAT,
  IPC_EXCL,
  IPC_PRIVATE,
  MAX_NSEMS,
  semGet,
  semRemove,
  semSet,
  sysvFailure,
  withRandomKey,
} from "@ipc/libc/sysv";
import { initialize, waitForValues } from "./_sysv_initialization.ts";
import { checkSetOptions } from "./_sysv_options.ts";
import { checkValue, creationFailure, describeSet } from "./_sysv_set.ts";
import type { SysvSemaphoreOptions } from "./sysv_operation.ts";
import { SysvSemaphore } from "./sysv_semaphore.ts";

/** Options of {@linkcode openSysvSemaphore}. */
export interface OpenSysvSemaphoreOptions extends SysvSemaphoreOptions {
  /**
   * Creates the semaphores if there are none of this key.
   *
   * @default {false}
   */
  create?: boolean;
  /**
   * Creates the semaphores, and fails if there are some of this key. It is
   * implied when the key is `null` or `IPC_PRIVATE`.
   *
   * @default {false}
   */
  createNew?: boolean;
  /**
   * How many semaphores a new set has. An existing one keeps its number, and
   * has to have at least this one.
   *
   * @default {1}
   */
  nsems?: number;
  /**
   * The value of new semaphores, from 0 to 32,767: one for all of them, or one
   * for each. Existing ones keep their values.
   *
   * @default {0}
   */
  value?: number | readonly number[];
  /**
   * The permission bits of new semaphores: to read is to look and to wait for
   * zero, to write is to change. The umask does not count.
   *
   * @default {0o600}
   */
  mode?: number;
  /**
   * How long to wait for a creator that has made the semaphores and not given
   * them their values yet, in milliseconds.
   *
   * @default {1000}
   */
  timeout?: number;
}

/** How long to wait for values by default, in milliseconds. */
const VALUES_TIMEOUT = 1000;

/** What the creator needs itself, at first. */
const OWN_MODE = 0o600;

/**
 * Opens System V semaphores: a set of one, or of `nsems`.
 *
 * `semget(2)`, `semop(2)`.
 *
 * The key is a number of 32 bits that the processes agree on: a constant, one
 * that `ftok` makes of a file, or the one of a set that was created with
 * `null`. A private set has none, and is found by its id alone: see
 * {@linkcode SysvSemaphore.fromId}.
 *
 * To create semaphores and to give them their values are two calls of the
 * system. Whoever opens them in between waits here until they have their
 * values, up to `timeout`; if their creator has died, that ends with an error
 * that says how to go on. A failed open leaves existing semaphores as they
 * were, and leaves no new ones.
 *
 * Requires `--allow-ffi`.
 *
 * @param key The key, with or without a sign; `null` to create semaphores
 * under a random one; or `IPC_PRIVATE`, which is 0, to create some without a
 * key.
 * @param options How to open them.
 * @returns The semaphores. Close them; remove them when no one needs them.
 * @throws {TypeError} If the options contradict each other.
 * @throws {RangeError} If the key has more than 32 bits, another number is out
 * of range, or an existing set has fewer than `nsems`.
 * @throws {Deno.errors.NotFound} If they do not exist and are not created.
 * @throws {Deno.errors.AlreadyExists} If they exist and `createNew` is set.
 * @throws {Deno.errors.PermissionDenied} If their mode forbids to read or
 * write.
 * @throws {Deno.errors.TimedOut} If they have no values in time; whoever
 * created them may have died.
 * @throws {Error} With code `ENOSPC` if there are too many.
 * @see {@link https://pubs.opengroup.org/onlinepubs/9799919799/functions/semget.html | POSIX}
 * @see {@link https://man7.org/linux/man-pages/man2/semget.2.html | semget(2)}
 *
 * @example Usage
 * ```ts
 * import { openSysvSemaphore } from "@ipc/shm";
 * import { assertEquals } from "@std/assert";
 *
 * using seats = openSysvSemaphore(null, { value: 5 });
 *
 * // The same semaphore, as another process would get it:
 * using other = openSysvSemaphore(seats.key!, { create: true, value: 5 });
 * other.acquireSync(3);
 * assertEquals(seats.value, 2);
 * seats.remove();
 * ```
 */
export function openSysvSemaphore(
  key: number | null,
  options: OpenSysvSemaphoreOptions = {},
): SysvSemaphore {
  const number = key === null ? null : checkKey(key);
  const plan = checkOptions(number, options);
  if (number === null) return withRandomKey((key) => createSet(key, plan));
  if (plan.createNew) return createSet(number, plan);
  if (!plan.create) return openSet(number, plan);
  return openOrCreate(
    () => createSet(number, plan),
    () => openSet(number, plan),
  );
}

interface Plan extends Required<SysvSemaphoreOptions> {
  create: boolean;
  createNew: boolean;
  nsems: number | undefined;
  values: readonly number[];
  mode: number;
  timeout: number;
}

function checkOptions(
  key: number | null,
  options: OpenSysvSemaphoreOptions,
): Plan {
  const what = describeSet(undefined, key ?? undefined);
  const isNew = key === null || key === IPC_PRIVATE;
  const {
    create = false,
    createNew = isNew,
    value = 0,
    mode = 0o600,
    timeout = VALUES_TIMEOUT,
  } = options;
  if (isNew && !createNew) {
    throw new TypeError(
      `Cannot open ${what}: without a key, it can only be created`,
    );
  }
  checkMode(mode);
  checkTimeout(timeout);
  const nsems = options.nsems ??
    (typeof value === "number" ? undefined : value.length);
  if (nsems !== undefined) checkInteger(nsems, "nsems", 1, MAX_NSEMS);
  const values = typeof value === "number"
    ? Array<number>(nsems ?? 1).fill(checkValue(value))
    : value.map(checkValue);
  if (nsems !== undefined && values.length !== nsems) {
    throw new RangeError(
      `Cannot open ${what}: nsems is ${nsems}, and there are ` +
        `${values.length} values`,
    );
  }
  const set = checkSetOptions(options);
  return { create, createNew, nsems, values, mode, timeout, ...set };
}

/** Creates a set; on failure it takes back what it created. */
function createSet(key: number, plan: Plan): SysvSemaphore {
  const { values, mode } = plan;
  const action = `create ${describeSet(undefined, key)}`;
  const id = newSet(key, values.length, mode, action);
  using undo = new DisposableStack();
  undo.defer(() => semRemove(id));
  initialize(id, values, action);
  if ((mode & OWN_MODE) !== OWN_MODE) {
    const number = semSet(id, { mode });
    if (number !== 0) throw sysvFailure(number, "semctl", action, "to read");
  }
  const set = new SysvSemaphore(id, key, true, values.length, plan);
  undo.move();
  return set;
}

/** Values can be given only to what may be written, so at first it may. */
function newSet(
  key: number,
  nsems: number,
  mode: number,
  action: string,
): number {
  const flags = IPC_CREAT | IPC_EXCL | mode | OWN_MODE;
  try {
    return semGet(key, nsems, flags, action, () => undefined);
  } catch (error) {
    if (!isOsError(error)) throw error;
    throw creationFailure(error, error.errno, action, nsems);
  }
}

/** Opens a set that exists. */
function openSet(key: number, plan: Plan): SysvSemaphore {
  // What is asked for of the owner is asked for of the group and others too.
  const access = plan.write ? 0o600 : 0o400;
  const action = `open ${describeSet(undefined, key)}`;
  const id = semGet(key, 0, access, action, explain);
  const what = describeSet(id, key);
  const nsems = waitForValues(id, plan.timeout, what)?.nsems;
  if (nsems !== undefined && nsems < (plan.nsems ?? 0)) {
    throw new RangeError(
      `Cannot open ${what}: it has ${nsems} semaphores, and nsems asks for ` +
        `${plan.nsems}`,
    );
  }
  return new SysvSemaphore(id, key, false, nsems, plan);
}

function explain(number: number): string | undefined {
  return number === Errno.EACCES
    ? "its mode gives this user not both, to read and to write; set write " +
      "to false to ask for less"
    : undefined;
}
