/** Locks that have a name of their own: a shared memory object for each. */

import {
  checkMode,
  checkWait,
  FileDescriptor,
  fstat,
  Mapping,
  O_CREAT,
  O_EXCL,
  O_NONBLOCK_SHM,
  O_RDWR,
  openOrCreate,
  reserve,
  S_IFMT,
  S_IFREG,
  shmOpen,
  shmUnlink,
  withRandomName,
} from "@ipc/libc";
import type { Named } from "./_handle.ts";
import type { Kind } from "./_place.ts";
import type { OpenLockOptions } from "./options.ts";

/** What a kind of lock needs. */
export interface LockKind<T> {
  /** What it is. */
  readonly kind: Kind;
  /** How many bytes it takes. */
  readonly size: number;
  /** Makes the object for it. */
  readonly make: (named: Named) => T;
}

/**
 * Opens a lock by its name.
 *
 * @param name The name, or `null` for a random one.
 * @param options How.
 * @param lock What it is.
 */
export function openNamed<T>(
  name: string | null,
  options: OpenLockOptions,
  lock: LockKind<T>,
): T {
  const { create = false, createNew = name === null, mode = 0o600 } = options;
  checkMode(mode);
  checkWait(options.wait ?? "adaptive");
  if (name === null) {
    if (!createNew) {
      throw new TypeError(
        `Cannot open a ${lock.kind}: without a name, it can only be created`,
      );
    }
    return withRandomName((name) => createObject(name, mode, lock));
  }
  if (createNew) return createObject(name, mode, lock);
  if (!create) return openObject(name, lock);
  return openOrCreate(
    () => createObject(name, mode, lock),
    () => openObject(name, lock),
  );
}

/** Creates an object; on failure it takes back what it created. */
function createObject<T>(name: string, mode: number, lock: LockKind<T>): T {
  using undo = new DisposableStack();
  using file = new FileDescriptor(
    shmOpen(name, O_RDWR | O_CREAT | O_EXCL, mode),
  );
  undo.defer(() => shmUnlink(name));
  const made = map(file.fd, name, true, lock);
  undo.move();
  return made;
}

/** Opens an object that exists; on failure it is as it was. */
function openObject<T>(name: string, lock: LockKind<T>): T {
  using file = new FileDescriptor(shmOpen(name, O_RDWR | O_NONBLOCK_SHM, 0));
  return map(file.fd, name, false, lock);
}

function map<T>(
  fd: number,
  name: string,
  created: boolean,
  lock: LockKind<T>,
): T {
  using undo = new DisposableStack();
  const what = `${lock.kind} ${JSON.stringify(name)}`;
  const { mode, size } = fstat(fd);
  const kind = mode & S_IFMT;
  // macOS gives shared memory no kind at all.
  if (
    kind !== S_IFREG && kind !== 0 || size !== 0 && size < lock.size
  ) {
    throw new TypeError(
      `Cannot open ${what}: what has the name is no ${lock.kind} ` +
        `(${size} bytes, mode 0o${mode.toString(8)})`,
    );
  }
  // Zero is a lock that nobody has used yet, so whoever comes first sets the
  // size, and it matters to nobody if the creator has died before.
  if (size === 0) {
    reserve(fd, lock.size, `create ${what} of ${lock.size} bytes`);
  }
  const mapping = undo.use(new Mapping(fd, lock.size, true));
  const made = lock.make({ name, created, mapping });
  undo.move();
  return made;
}
