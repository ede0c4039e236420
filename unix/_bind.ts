/** Binding sockets of our own to paths and abstract names. */

import { capabilities, checkMode, Errno, lstat, osError } from "@ipc/libc";
import {
  bind,
  chmodNoFollow,
  fchmod,
  unlink,
  withoutModeBits,
} from "@ipc/libc/sockets";
import { encodePath, isAbstract } from "./_address.ts";
import { claimPath, removeIfOurs } from "./_claim.ts";

/** Options of what makes a socket under a path. */
export interface BindUnixOptions {
  /**
   * The permission bits of the socket file, exactly: who may write may
   * connect. An abstract name has none.
   *
   * @default {0o600}
   */
  mode?: number;
  /**
   * Removes the file of a socket that nobody has any more, which a process
   * leaves that was killed. Without it, that is an error.
   *
   * @default {true}
   */
  reclaim?: boolean;
}

/** A name that is bound. */
export interface Bound {
  /** Removes the file, if it is still the one that was made. */
  remove(): void;
}

/**
 * Binds a socket, with the mode that is asked from the start.
 *
 * @param fd The socket.
 * @param path Where to.
 * @param action What this is for, after "Cannot".
 * @param options The mode, and whether to remove what the dead left.
 * @param afterwards What else has to be done before others may look.
 * @returns What removes the name.
 */
export function bindUnix(
  fd: number,
  path: string,
  action: string,
  options: BindUnixOptions,
  afterwards: () => void = () => {},
): Bound {
  const { mode = 0o600, reclaim = true } = options;
  checkMode(mode);
  const address = encodePath(path, action);
  if (isAbstract(path)) {
    bind(
      fd,
      address,
      action,
      (number) =>
        number === Errno.EADDRINUSE ? "a process has the name" : undefined,
    );
    afterwards();
    return { remove() {} };
  }
  const ino = claimPath({
    path,
    action,
    reclaim,
    take: () => bindWithMode(fd, path, mode, () => bind(fd, address, action)),
  });
  const bound = { remove: () => removeIfOurs(path, ino) };
  try {
    afterwards();
  } catch (error) {
    bound.remove();
    throw error;
  }
  return bound;
}

/** Binds, and returns the inode number of the file. */
function bindWithMode(
  fd: number,
  path: string,
  mode: number,
  bind: () => void,
): number {
  if (capabilities.socketModes) {
    fchmod(fd, mode);
    bind();
  } else {
    withoutModeBits(0o777 & ~mode, bind);
  }
  // Never more than asked; and if the umask took bits away, now those too.
  const { ino, mode: actual } = lstat(path);
  if ((actual & 0o777) !== mode) chmodOrRemove(path, mode);
  return ino;
}

/** Sets the mode of a file that this process has just made. */
function chmodOrRemove(path: string, mode: number): void {
  try {
    chmodNoFollow(path, mode);
  } catch (error) {
    unlink(path);
    throw error;
  }
}

/**
 * Makes the error of a connect.
 *
 * @param number The error number.
 * @param action What could not be done, after "Cannot".
 * @returns The error.
 */
export function connectError(number: number, action: string): Error {
  return osError(number, "connect", action, connectHint(number));
}

function connectHint(number: number): string | undefined {
  switch (number) {
    case Errno.ECONNREFUSED:
      return "nobody listens there";
    case Errno.EPROTOTYPE:
      return "the socket there is of another type";
    case Errno.ENOENT:
      return "there is no such socket";
    default:
      return undefined;
  }
}
