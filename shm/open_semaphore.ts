import {
  capabilities,
  checkInteger,
  checkMode,
  checkWait,
  FileDescriptor,
  fstat,
  O_NONBLOCK_SHM,
  O_RDONLY,
  openOrCreate,
  S_IFMT,
  S_IFREG,
  SEM_SIZE,
  SEM_VALUE_MAX,
  semClose,
  semOpen,
  semUnlink,
  shmOpen,
  withRandomName,
} from "@ipc/libc";
import type { WaitStrategy } from "@ipc/libc";
import { Semaphore } from "./semaphore.ts";

/** Options of {@linkcode openSemaphore}. */
export interface OpenSemaphoreOptions {
  /**
   * Creates the semaphore if there is none of this name.
   *
   * @default {false}
   */
  create?: boolean;
  /**
   * Creates the semaphore, and fails if there is one of this name. It is
   * implied when the name is `null`.
   *
   * @default {false}
   */
  createNew?: boolean;
  /**
   * The value of a new semaphore. An existing one keeps its value.
   *
   * @default {0}
   */
  value?: number;
  /**
   * The permission bits of a new semaphore, less those of the process's
   * umask. A process needs to read and to write to use it.
   *
   * @default {0o600}
   */
  mode?: number;
  /**
   * How to wait: `"adaptive"` looks again for up to some 60 microseconds
   * before it sleeps, as long as that pays; `"block"` sleeps at once.
   *
   * @default {"adaptive"}
   */
  wait?: WaitStrategy;
}

/**
 * Opens a named POSIX semaphore.
 *
 * `sem_open(3)`.
 *
 * The name is one path component after a slash: at most 252 bytes on Linux
 * and 30 on macOS, slash included. A failed open leaves an existing semaphore
 * as it was, and leaves no new one.
 *
 * Requires `--allow-ffi`.
 *
 * @param name The name, such as `"/lock"`, or `null` to create one under a
 * random name.
 * @param options How to open it.
 * @returns The semaphore. Close it; unlink the name when no one needs it.
 * @throws {TypeError} If the name is none, the options contradict each other,
 * or what has the name is no semaphore.
 * @throws {RangeError} If the name is too long, or the value is not a whole
 * number from 0 to {@linkcode SEM_VALUE_MAX}.
 * @throws {Deno.errors.NotFound} If it does not exist and is not created.
 * @throws {Deno.errors.AlreadyExists} If it exists and `createNew` is set.
 * @throws {Deno.errors.PermissionDenied} If its mode forbids it.
 * @see {@link https://pubs.opengroup.org/onlinepubs/9799919799/functions/sem_open.html | POSIX}
 * @see {@link https://man7.org/linux/man-pages/man3/sem_open.3.html | sem_open(3)}
 *
 * @example Usage
 * ```ts
 * import { openSemaphore } from "@ipc/shm";
 *
 * using semaphore = openSemaphore(null, { value: 1 });
 * {
 *   using _lock = semaphore.acquireSync();
 *   // one process at a time
 * }
 * semaphore.unlink();
 * ```
 */
export function openSemaphore(
  name: string | null,
  options: OpenSemaphoreOptions = {},
): Semaphore {
  const plan = { ...defaults, createNew: name === null, ...options };
  checkInteger(plan.value, "value", 0, SEM_VALUE_MAX);
  checkMode(plan.mode);
  checkWait(plan.wait);
  if (name === null) {
    if (!plan.createNew) {
      throw new TypeError(
        "Cannot open a semaphore: without a name, it can only be created",
      );
    }
    return withRandomName((name) => createSemaphore(name, plan));
  }
  if (plan.createNew) return createSemaphore(name, plan);
  if (!plan.create) return openExisting(name, plan.wait);
  return openOrCreate(
    () => createSemaphore(name, plan),
    () => openExisting(name, plan.wait),
  );
}

const defaults: Required<Omit<OpenSemaphoreOptions, "createNew">> = {
  create: false,
  value: 0,
  mode: 0o600,
  wait: "adaptive",
};

function createSemaphore(
  name: string,
  plan: { mode: number; value: number; wait: WaitStrategy },
): Semaphore {
  using undo = new DisposableStack();
  const pointer = semOpen(name, plan);
  undo.defer(() => semClose(pointer));
  undo.defer(() => semUnlink(name));
  const semaphore = new Semaphore(
    name,
    pointer,
    true,
    modeOf(name),
    plan.wait,
  );
  undo.move();
  return semaphore;
}

function openExisting(name: string, wait: WaitStrategy): Semaphore {
  const mode = modeOf(name);
  return new Semaphore(name, semOpen(name), false, mode, wait);
}

/**
 * Looks at the file behind a semaphore. `sem_open` maps whatever has the
 * name, and a file that is too short would kill the process when it is used.
 */
function modeOf(name: string): number | undefined {
  if (!capabilities.semaphoreFiles) return undefined;
  using file = openFile(name);
  if (file === undefined) return undefined;
  const { mode, size } = fstat(file.fd);
  if ((mode & S_IFMT) !== S_IFREG || size !== SEM_SIZE) {
    throw new TypeError(
      `Cannot open semaphore ${JSON.stringify(name)}: what has the name is ` +
        `no semaphore (${size} bytes, mode 0o${mode.toString(8)})`,
    );
  }
  return mode & 0o7777;
}

/** Opens the file, or leaves it to `sem_open` to say why it cannot. */
function openFile(name: string): FileDescriptor | undefined {
  try {
    if (!name.startsWith("/")) return undefined;
    const file = `/sem.${name.slice(1)}`;
    return new FileDescriptor(shmOpen(file, O_RDONLY | O_NONBLOCK_SHM, 0));
  } catch {
    return undefined;
  }
}
