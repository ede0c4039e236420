import {
  capabilities,
  checkInteger,
  checkMode,
  Errno,
  isOsError,
  openOrCreate,
} from "@ipc/libc";
import {
  checkKey,
  IPC_CREAT,
  IPC_EXCL,
  IPC_PRIVATE,
  notFound,
  SHM_HUGETLB,
  SHM_NORESERVE,
  shmGet,
  shmRemove,
  shmSet,
  sysvFailure,
  withRandomKey,
} from "@ipc/libc/sysv";
import type { Attachment } from "@ipc/libc/sysv";
import {
  attachSegment,
  creationFailure,
  describeSegment,
} from "./_sysv_segment.ts";
import { SysvSharedMemory } from "./sysv_shared_memory.ts";

/** Options of {@linkcode openSysvSharedMemory}. */
export interface OpenSysvSharedMemoryOptions {
  /**
   * Creates the memory if there is none of this key. Needs `size`.
   *
   * @default {false}
   */
  create?: boolean;
  /**
   * Creates the memory, and fails if there is some of this key. Needs `size`.
   * It is implied when the key is `null` or `IPC_PRIVATE`.
   *
   * @default {false}
   */
  createNew?: boolean;
  /**
   * The size of new memory, in bytes, which never changes. Existing memory
   * keeps its size, and has to have at least this one.
   */
  size?: number;
  /**
   * The permission bits of new memory. The umask does not count.
   *
   * @default {0o600}
   */
  mode?: number;
  /**
   * Whether the memory can be written. If not, it is attached for reading
   * only: it has no `buffer`, and `read` copies from it.
   *
   * @default {true}
   */
  write?: boolean;
  /**
   * Makes new memory of huge pages, which takes fewer entries in the tables of
   * the processor: `SHM_HUGETLB`. There have to be some (`vm.nr_hugepages`),
   * and the size is rounded up to whole ones. Linux only.
   *
   * @default {false}
   */
  hugePages?: boolean;
  /**
   * Keeps no memory in reserve for new memory: `SHM_NORESERVE`. Creating more
   * than there is then succeeds, and whoever touches what is not there may be
   * killed. Linux only.
   *
   * @default {false}
   */
  noReserve?: boolean;
}

/** What the creator needs itself, at first. */
const OWN_MODE = 0o600;

/**
 * Opens System V shared memory, and attaches it.
 *
 * `shmget(2)`, `shmat(2)`.
 *
 * The key is a number of 32 bits that the processes agree on: a constant, one
 * that `ftok` makes of a file, or the one of memory that was created with
 * `null`. Private memory has none, and is found by its id alone: see
 * {@linkcode SysvSharedMemory.fromId}. New bytes are zero. A failed open leaves
 * existing memory as it was, and leaves none new.
 *
 * The system chooses the address. `shmat` would take one too, and `SHM_RND`
 * and `SHM_REMAP` with it; there is no use for that here, where addresses are
 * not seen, and it could overwrite other memory of this process.
 *
 * POSIX shared memory is easier to find and can grow; see `openSharedMemory`.
 * That of System V is for what other programs have made, and cannot be shrunk
 * under its users.
 *
 * Requires `--allow-ffi`.
 *
 * @param key The key, with or without a sign; `null` to create memory under a
 * random one; or `IPC_PRIVATE`, which is 0, to create some without a key.
 * @param options How to open it.
 * @returns The attached memory. Close it; remove it when no one needs it.
 * @throws {TypeError} If the options contradict each other.
 * @throws {RangeError} If the key has more than 32 bits, the size is not a
 * whole number from 1 or more than the system allows, or existing memory is
 * smaller than `size`.
 * @throws {Deno.errors.NotFound} If it does not exist and is not created.
 * @throws {Deno.errors.AlreadyExists} If it exists and `createNew` is set.
 * @throws {Deno.errors.PermissionDenied} If its mode forbids to read or write.
 * @throws {Deno.errors.NotSupported} On macOS, if it is to be of huge pages or
 * not reserved.
 * @throws {Error} With code `ENOSPC` if there is too much, or `ENOMEM`.
 * @see {@link https://pubs.opengroup.org/onlinepubs/9799919799/functions/shmget.html | POSIX}
 * @see {@link https://man7.org/linux/man-pages/man2/shmget.2.html | shmget(2)}
 *
 * @example Usage
 * ```ts
 * import { openSysvSharedMemory } from "@ipc/shm";
 * import { assertEquals } from "@std/assert";
 *
 * using memory = openSysvSharedMemory(null, { size: 4096 });
 * new Float64Array(memory.buffer)[0] = Math.PI;
 *
 * // The same bytes, as another process would get them:
 * using other = openSysvSharedMemory(memory.key!, { write: false });
 * const bytes = new Uint8Array(8);
 * other.read(bytes);
 * assertEquals(new Float64Array(bytes.buffer)[0], Math.PI);
 * memory.remove();
 * ```
 */
export function openSysvSharedMemory(
  key: number | null,
  options: OpenSysvSharedMemoryOptions = {},
): SysvSharedMemory {
  const number = key === null ? null : checkKey(key);
  const plan = checkOptions(number, options);
  if (number === null) return withRandomKey((key) => createSegment(key, plan));
  if (plan.createNew) return createSegment(number, plan);
  if (!plan.create) return openSegment(number, plan);
  return openOrCreate(
    () => createSegment(number, plan),
    () => openSegment(number, plan),
  );
}

type Plan = Required<Omit<OpenSysvSharedMemoryOptions, "size">> & {
  size: number | undefined;
};

function checkOptions(
  key: number | null,
  options: OpenSysvSharedMemoryOptions,
): Plan {
  const isNew = key === null || key === IPC_PRIVATE;
  const plan: Plan = {
    create: false,
    createNew: isNew,
    mode: 0o600,
    write: true,
    hugePages: false,
    noReserve: false,
    size: undefined,
    ...options,
  };
  const what = describeSegment(undefined, key ?? undefined);
  const creates = plan.create || plan.createNew;
  if (isNew && !plan.createNew) {
    throw new TypeError(
      `Cannot open ${what}: without a key, it can only be created`,
    );
  }
  if (creates && plan.size === undefined) {
    throw new TypeError(`Cannot create ${what}: it needs a size`);
  }
  if (creates && !plan.write) {
    throw new TypeError(
      `Cannot create ${what}: it is opened for reading only`,
    );
  }
  if ((plan.hugePages || plan.noReserve) && !capabilities.segmentFlags) {
    throw new Deno.errors.NotSupported(
      `Cannot create ${what}: hugePages and noReserve are for Linux`,
    );
  }
  if (plan.hugePages && plan.noReserve) {
    throw new TypeError(
      `Cannot create ${what}: of huge pages that are not reserved, whoever ` +
        `touches one that is not there would be killed`,
    );
  }
  if (plan.size !== undefined) checkInteger(plan.size, "size", 1);
  checkMode(plan.mode);
  return plan;
}

/** Creates memory; on failure it takes back what it created. */
function createSegment(key: number, plan: Plan): SysvSharedMemory {
  const { mode } = plan;
  const size = plan.size!;
  const action = `create ${describeSegment(undefined, key)}`;
  const id = newSegment(key, size, plan, action);
  using undo = new DisposableStack();
  undo.defer(() => shmRemove(id));
  const attachment = attachSegment(id, true, describeSegment(id, key));
  undo.defer(() => attachment.detach());
  // Who creates it writes it, even if its mode forbids that to others.
  if ((mode & OWN_MODE) !== OWN_MODE) {
    const number = shmSet(id, { mode });
    if (number !== 0) throw sysvFailure(number, "shmctl", action, "to read");
  }
  const memory = new SysvSharedMemory(id, key, true, attachment, false);
  undo.move();
  return memory;
}

function newSegment(
  key: number,
  size: number,
  { mode, hugePages, noReserve }: Plan,
  action: string,
): number {
  const flags = IPC_CREAT | IPC_EXCL | mode | OWN_MODE |
    (hugePages ? SHM_HUGETLB : 0) | (noReserve ? SHM_NORESERVE : 0);
  try {
    return shmGet(key, size, flags, action, () => undefined);
  } catch (error) {
    if (!isOsError(error)) throw error;
    throw creationFailure(error, error.errno, action, size, hugePages);
  }
}

/** Opens memory that exists; on failure it is as it was. */
function openSegment(key: number, plan: Plan): SysvSharedMemory {
  // What is asked for of the owner is asked for of the group and others too.
  const access = plan.write ? 0o600 : 0o400;
  const action = `open ${describeSegment(undefined, key)}`;
  const id = shmGet(key, 0, access, action, explain);
  const what = describeSegment(id, key);
  using undo = new DisposableStack();
  const attachment = attachFound(id, plan.write, what);
  undo.defer(() => attachment.detach());
  const { size } = attachment.data;
  if (size < (plan.size ?? 0)) {
    throw new RangeError(
      `Cannot open ${what}: it has ${size} bytes, and size asks for ` +
        `${plan.size}`,
    );
  }
  undo.move();
  return new SysvSharedMemory(id, key, false, attachment, !plan.write);
}

/** Attaches what was found, and may have been removed since. */
function attachFound(id: number, write: boolean, what: string): Attachment {
  try {
    return attachSegment(id, write, what);
  } catch (error) {
    if (isOsError(error, "EIDRM")) throw notFound("shmat", `open ${what}`);
    throw error;
  }
}

function explain(number: number): string | undefined {
  return number === Errno.EACCES
    ? "its mode gives this user not both, to read and to write; set write " +
      "to false to ask for less"
    : undefined;
}
