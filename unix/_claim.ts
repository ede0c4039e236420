/**
 * Taking a path for a socket, from nobody but the dead.
 *
 * Who takes a path holds a lock meanwhile: a file beside it, `.name.lock`,
 * which is removed again. Under the lock it looks who has the path. A socket
 * to which a connection is refused with `ECONNREFUSED` belongs to nobody any
 * more: its file is removed. Anything else stays, and so does the socket of a
 * process that has not called `listen` yet: the look is by a datagram socket,
 * to which a live stream socket answers `EPROTOTYPE` before it looks whether
 * anybody listens, so that no server ever sees a connection that is none.
 */

import {
  Errno,
  FileDescriptor,
  fstat,
  isOsError,
  lstat,
  O_CREAT,
  O_NOFOLLOW,
  O_NONBLOCK,
  O_RDWR,
  open,
  osError,
  S_IFMT,
  S_IFREG,
  sleepSync,
} from "@ipc/libc";
import type { FileStat } from "@ipc/libc";
import {
  AF_UNIX,
  connect,
  S_IFSOCK,
  SOCK_DGRAM,
  socket,
  tryLock,
  unlink,
} from "@ipc/libc/sockets";
import { describe, encodePath } from "./_address.ts";

const { EADDRINUSE, EBUSY, ECONNREFUSED, ENOENT } = Errno;

/** How long others may hold the lock, in milliseconds. */
const LOCK_TIMEOUT = 10_000;
/** How often another program may take the path between two steps. */
const MOST_TRIES = 100;

/** How a path is taken. */
export interface Claim<T> {
  /** The path. */
  readonly path: string;
  /** What this is for, after "Cannot". */
  readonly action: string;
  /** Whether the file of a socket that nobody has any more is removed. */
  readonly reclaim: boolean;
  /** Takes the path, or fails with `EADDRINUSE` or `EEXIST`. */
  take(): T;
}

/**
 * Takes a path.
 *
 * @param claim Which, and how.
 * @returns What `take` returned.
 */
export function claimPath<T>(claim: Claim<T>): T {
  // Most who come too late need no lock to see it.
  refuseIfTaken(claim);
  using _lock = lock(claim);
  for (let tries = 0;; tries++) {
    if (refuseIfTaken(claim) === "stale") removeStale(claim.path);
    try {
      return claim.take();
    } catch (error) {
      const isTaken = isOsError(error, "EADDRINUSE") ||
        isOsError(error, "EEXIST");
      if (!isTaken || tries === MOST_TRIES) throw error;
    }
  }
}

/** Throws if the path is not free, or cannot be made so. */
function refuseIfTaken(
  { path, action, reclaim }: Claim<unknown>,
): "free" | "stale" {
  const stat = statOf(path);
  if (stat === undefined) return "free";
  if ((stat.mode & S_IFMT) !== S_IFSOCK) {
    throw inUseError(action, "something else than a socket is there");
  }
  const number = probe(path);
  if (number === ENOENT) return "free";
  if (number !== ECONNREFUSED) {
    const who = number === Errno.EACCES
      ? "a socket is there that may not be asked whether it is alive"
      : "a process has a socket there";
    throw inUseError(action, who);
  }
  if (!reclaim) throw inUseError(action, "a socket is there that nobody has");
  return "stale";
}

/**
 * Makes the error of an address that somebody has.
 *
 * @param action What could not be done, after "Cannot".
 * @param hint Who has it.
 * @returns The error.
 */
export function inUseError(action: string, hint: string): Error {
  return osError(EADDRINUSE, "bind", action, hint);
}

function statOf(path: string): FileStat | undefined {
  try {
    return lstat(path);
  } catch (error) {
    if (isOsError(error, "ENOENT")) return undefined;
    throw error;
  }
}

/** What a connection by the wrong type of socket is answered. */
function probe(path: string): number {
  const address = encodePath(path, `look at ${describe(path)}`);
  const type = SOCK_DGRAM;
  using probe = new FileDescriptor(
    socket(AF_UNIX, type, 0, { nonblocking: true }),
  );
  return connect(probe.fd, address);
}

function removeStale(path: string): void {
  try {
    unlink(path);
  } catch (error) {
    if (!isOsError(error, "ENOENT")) throw error;
  }
}

/** Holds the lock of a path until it is disposed of. */
function lock({ path, action }: Claim<unknown>): Disposable {
  const slash = path.lastIndexOf("/") + 1;
  const lockPath = `${path.slice(0, slash)}.${path.slice(slash)}.lock`;
  const deadline = performance.now() + LOCK_TIMEOUT;
  for (let nap = 0.5;; nap = Math.min(2 * nap, 10)) {
    const file = openLock(lockPath, action);
    if (file !== undefined) {
      return {
        [Symbol.dispose]() {
          // Those who have it open see that it is gone, and open the next.
          using _file = file;
          removeStale(lockPath);
        },
      };
    }
    if (performance.now() > deadline) {
      throw osError(
        EBUSY,
        "flock",
        action,
        `another process has held ${JSON.stringify(lockPath)} for ${
          LOCK_TIMEOUT / 1000
        } s`,
      );
    }
    sleepSync(nap);
  }
}

/** The lock file, locked and under its name; `undefined` if it is another's. */
function openLock(path: string, action: string): FileDescriptor | undefined {
  const flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK;
  const hint = () => `its lock is the file ${JSON.stringify(path)}`;
  using undo = new DisposableStack();
  const fd = openFile(path, flags, action, hint);
  const file = undo.use(new FileDescriptor(fd));
  const { ino, mode } = fstat(fd);
  if ((mode & S_IFMT) !== S_IFREG) {
    throw inUseError(action, `its lock ${JSON.stringify(path)} is no file`);
  }
  if (!tryLock(fd) || statOf(path)?.ino !== ino) return undefined;
  undo.move();
  return file;
}

function openFile(
  path: string,
  flags: number,
  action: string,
  hint: () => string,
): number {
  try {
    return open(path, flags, "the lock", undefined, 0o600);
  } catch (error) {
    if (!isOsError(error)) throw error;
    throw osError(error.errno, error.syscall, action, hint());
  }
}

/**
 * Removes the file of a socket that this process still listens on, if it is
 * still the one that it made. While it listens, nobody takes the path.
 *
 * @param path The path.
 * @param ino The inode number of the file that it made.
 */
export function removeIfOurs(path: string, ino: number): void {
  if (statOf(path)?.ino === ino) removeStale(path);
}
