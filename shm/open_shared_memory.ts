import {
  checkInteger,
  checkMode,
  checkTimeout,
  deadlineAfter,
  FileDescriptor,
  Mapping,
  O_CREAT,
  O_EXCL,
  O_NONBLOCK_SHM,
  O_RDONLY,
  O_RDWR,
  openOrCreate,
  setCloseOnExec,
  shmOpen,
  shmUnlink,
  sleepSync,
  withRandomName,
} from "@ipc/libc";
import { checkReadOnly, describe, objectSize, setSize } from "./_object.ts";
import { SharedMemory } from "./shared_memory.ts";

/** Options of {@linkcode openSharedMemory}. */
export interface OpenSharedMemoryOptions {
  /**
   * Creates the object if there is none of this name. Needs `size`.
   *
   * @default {false}
   */
  create?: boolean;
  /**
   * Creates the object, and fails if there is one of this name. Needs `size`.
   * It is implied when the name is `null`.
   *
   * @default {false}
   */
  createNew?: boolean;
  /**
   * The size of a new object, in bytes. An existing one keeps its size, and
   * has to have at least this one.
   */
  size?: number;
  /**
   * The permission bits of a new object, less those of the process's umask.
   *
   * @default {0o600}
   */
  mode?: number;
  /**
   * Whether the memory can be written. If not, the object is opened for
   * reading only, which macOS does not support.
   *
   * @default {true}
   */
  write?: boolean;
  /**
   * Clears an existing object: all bytes become zero, and the size becomes
   * `size`, for everyone who uses it. Needs `size`. macOS refuses to change
   * the size.
   *
   * @default {false}
   */
  truncate?: boolean;
  /**
   * Whether programs that this process starts inherit the descriptor.
   *
   * @default {false}
   */
  inheritable?: boolean;
  /**
   * How long to wait for a creator that has made the object and not given it
   * a size yet, in milliseconds.
   *
   * @default {1000}
   */
  timeout?: number;
}

/** How long an attacher waits for the size by default, in milliseconds. */
const SIZE_TIMEOUT = 1000;

/**
 * Opens a POSIX shared memory object and maps it.
 *
 * `shm_open(3)`, `posix_fallocate(3)`, `mmap(2)`.
 *
 * The name is one path component after a slash: at most 256 bytes on Linux
 * and 31 on macOS, slash included. New bytes are zero, and their memory is
 * reserved, so that there is an error now and no crash later when memory runs
 * out (macOS reserves nothing, and rounds the size up to whole pages). Opening what another process has just created
 * waits until it has its size. A failed open leaves an existing object as it
 * was, and leaves no new one.
 *
 * Do not use it to pass messages; a queue or a pipe wakes its reader.
 *
 * Requires `--allow-ffi`.
 *
 * @param name The name, such as `"/frames"`, or `null` to create an object
 * under a random one.
 * @param options How to open it.
 * @returns The mapped memory. Close it; unlink the name when no one needs it.
 * @throws {TypeError} If the name is none, the options contradict each other,
 * or what has the name is not shared memory.
 * @throws {RangeError} If the name is too long, the size is not a whole
 * number from 1, or the existing object is smaller than `size`.
 * @throws {Deno.errors.NotFound} If it does not exist and is not created.
 * @throws {Deno.errors.AlreadyExists} If it exists and `createNew` is set.
 * @throws {Deno.errors.PermissionDenied} If its mode forbids it.
 * @throws {Deno.errors.TimedOut} If it has no size in time; whoever created
 * it may have died.
 * @throws {Deno.errors.NotSupported} On macOS, if it is not to be written.
 * @throws {Error} With code `ENOSPC` if there is not that much memory.
 * @see {@link https://pubs.opengroup.org/onlinepubs/9799919799/functions/shm_open.html | POSIX}
 * @see {@link https://man7.org/linux/man-pages/man3/shm_open.3.html | shm_open(3)}
 *
 * @example Usage
 * ```ts
 * import { openSharedMemory } from "@ipc/shm";
 * import { assertEquals } from "@std/assert";
 *
 * using memory = openSharedMemory(null, { size: 4096 });
 * new Float64Array(memory.buffer)[0] = Math.PI;
 *
 * // The same bytes, as another process would get them:
 * using other = openSharedMemory(memory.name, { write: false });
 * assertEquals(new Float64Array(other.buffer)[0], Math.PI);
 * memory.unlink();
 * ```
 */
export function openSharedMemory(
  name: string | null,
  options: OpenSharedMemoryOptions = {},
): SharedMemory {
  const plan = checkOptions(name, options);
  if (name === null) return withRandomName((name) => createObject(name, plan));
  if (plan.createNew) return createObject(name, plan);
  if (!plan.create) return openObject(name, plan);
  return openOrCreate(
    () => createObject(name, plan),
    () => openObject(name, plan),
  );
}

type Plan = Required<Omit<OpenSharedMemoryOptions, "size">> & {
  size: number | undefined;
};

function checkOptions(
  name: string | null,
  options: OpenSharedMemoryOptions,
): Plan {
  const plan: Plan = {
    create: false,
    createNew: name === null,
    mode: 0o600,
    write: true,
    truncate: false,
    inheritable: false,
    timeout: SIZE_TIMEOUT,
    size: undefined,
    ...options,
  };
  const what = describe(name);
  const creates = plan.create || plan.createNew;
  if (name === null && !plan.createNew) {
    throw new TypeError(
      `Cannot open ${what}: without a name, it can only be created`,
    );
  }
  if ((creates || plan.truncate) && plan.size === undefined) {
    throw new TypeError(
      `Cannot ${creates ? "create" : "truncate"} ${what}: it needs a size`,
    );
  }
  if ((creates || plan.truncate) && !plan.write) {
    throw new TypeError(
      `Cannot ${creates ? "create" : "truncate"} ${what}: ` +
        `it is opened for reading only`,
    );
  }
  if (!plan.write) checkReadOnly(what);
  if (plan.size !== undefined) checkInteger(plan.size, "size", 1);
  checkMode(plan.mode);
  checkTimeout(plan.timeout);
  return plan;
}

/** Creates an object; on failure it takes back what it created. */
function createObject(name: string, plan: Plan): SharedMemory {
  using undo = new DisposableStack();
  const descriptor = undo.use(
    new FileDescriptor(shmOpen(name, O_RDWR | O_CREAT | O_EXCL, plan.mode)),
  );
  undo.defer(() => shmUnlink(name));
  setSize(descriptor.fd, 0, plan.size!, describe(name));
  const memory = map(name, descriptor, plan, plan.size!, true);
  undo.move();
  return memory;
}

/** Opens an object that exists; on failure it is as it was. */
function openObject(name: string, plan: Plan): SharedMemory {
  using undo = new DisposableStack();
  const what = describe(name);
  const flags = (plan.write ? O_RDWR : O_RDONLY) | O_NONBLOCK_SHM;
  const descriptor = undo.use(
    new FileDescriptor(shmOpen(name, flags, 0)),
  );
  let size = waitForSize(descriptor.fd, plan.timeout, what);
  if (plan.truncate) {
    setSize(descriptor.fd, size, plan.size!, what);
    size = plan.size!;
  } else if (size < (plan.size ?? 0)) {
    throw new RangeError(
      `Cannot open ${what}: it has ${size} bytes, and size asks for ${plan.size}`,
    );
  }
  const memory = map(name, descriptor, plan, size, false);
  if (plan.truncate) new Uint8Array(memory.buffer).fill(0);
  undo.move();
  return memory;
}

function map(
  name: string,
  descriptor: FileDescriptor,
  plan: Plan,
  size: number,
  created: boolean,
): SharedMemory {
  if (plan.inheritable) setCloseOnExec(descriptor.fd, false);
  const mapping = new Mapping(descriptor.fd, size, plan.write);
  return new SharedMemory(name, descriptor, mapping, created, !plan.write);
}

/** Waits until the creator has given the object its size. */
function waitForSize(fd: number, timeout: number, what: string): number {
  const deadline = deadlineAfter(timeout);
  for (;;) {
    const size = objectSize(fd, what);
    if (size > 0) return size;
    if (performance.now() >= deadline) {
      throw new Deno.errors.TimedOut(
        `Cannot open ${what}: it had no bytes for ${timeout} milliseconds; ` +
          `whoever created it may have died before it set the size`,
      );
    }
    sleepSync(0.2);
  }
}
