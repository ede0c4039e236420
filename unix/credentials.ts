import { capabilities, checkInteger, isOsError } from "@ipc/libc";
import {
  decodeUcred,
  decodeXucred,
  LOCAL_PEERCRED,
  LOCAL_PEERPID,
  readSocketOption,
  SO_PEERCRED,
  socketOption,
  SOL_LOCAL,
  SOL_SOCKET,
  UCRED,
  XUCRED,
} from "@ipc/libc/sockets";

/** Who a process is. */
export interface Credentials {
  /** The number of the process, 0 if it is not visible from here. */
  readonly pid: number;
  /** The number of its user. */
  readonly uid: number;
  /** The number of its group. */
  readonly gid: number;
}

/**
 * Asks the kernel who the other side of a connected Unix socket is: who
 * connected, or, of a listener or a pair, who made it. Nobody can forge it,
 * and it does not change when the socket is handed on, or when that process
 * ends and its number becomes another's: so trust the user, and take the
 * process for a hint.
 *
 * `getsockopt(2)` with `SO_PEERCRED`, on macOS `LOCAL_PEERCRED` and
 * `LOCAL_PEERPID`.
 *
 * Requires `--allow-ffi`.
 *
 * @param fd The descriptor of the socket, which stays the caller's.
 * @returns Who it is.
 * @throws {Deno.errors.NotConnected} If the socket is not connected.
 * @throws {Deno.errors.BadResource} If there is no such descriptor.
 * @throws {Error} With code `ENOTSOCK` if it is no socket.
 * @throws {RangeError} If `fd` is no descriptor.
 * @see {@link https://man7.org/linux/man-pages/man7/unix.7.html | unix(7)}
 *
 * @example Usage
 * ```ts
 * import { peerCredentials, socketpair } from "@ipc/unix";
 * import { assertEquals } from "@std/assert";
 *
 * const [ours, theirs] = socketpair();
 * assertEquals(peerCredentials(ours.fd).pid, Deno.pid);
 * ours.close();
 * theirs.close();
 * ```
 */
export function peerCredentials(fd: number): Credentials {
  checkInteger(fd, "descriptor", 0, 0x7fff_ffff);
  const credentials = capabilities.peerCredentials
    ? linuxCredentials(fd)
    : darwinCredentials(fd);
  if (credentials !== undefined) return credentials;
  throw new Deno.errors.NotConnected(
    `Cannot tell who the other side of socket ${fd} is: it is not connected`,
  );
}

function linuxCredentials(fd: number): Credentials | undefined {
  const bytes = new Uint8Array(UCRED.size);
  readSocketOption(fd, SOL_SOCKET, SO_PEERCRED, bytes);
  const credentials = decodeUcred(bytes);
  // What nobody is connected to has no user.
  return credentials.uid === 0xffff_ffff ? undefined : credentials;
}

function darwinCredentials(fd: number): Credentials | undefined {
  const bytes = new Uint8Array(XUCRED.size);
  try {
    readSocketOption(fd, SOL_LOCAL, LOCAL_PEERCRED, bytes);
    const decoded = decodeXucred(bytes);
    if (decoded === undefined) {
      throw new Deno.errors.NotSupported(
        "Cannot tell who the other side is: this system has another version " +
          "of struct xucred",
      );
    }
    return { pid: socketOption(fd, SOL_LOCAL, LOCAL_PEERPID), ...decoded };
  } catch (error) {
    const isAlone = isOsError(error, "ENOTCONN") || isOsError(error, "EINVAL");
    if (isAlone) return undefined;
    throw error;
  }
}
