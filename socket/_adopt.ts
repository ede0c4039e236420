/** Taking over descriptors of sockets that come from elsewhere. */

import { checkInteger } from "@ipc/libc";
import {
  decodeInternetAddress,
  SO_ACCEPTCONN,
  SO_TYPE,
  SOCK_STREAM,
  socketName,
  socketOption,
  SOL_SOCKET,
} from "@ipc/libc/sockets";

/** What a descriptor is said to be. */
export interface ExpectedSocket {
  /** `SOCK_STREAM` or `SOCK_DGRAM`. */
  readonly type: number;
  /** Whether it listens. */
  readonly listens?: boolean;
  /** What it is called in messages. */
  readonly object: string;
}

/**
 * Checks that a descriptor is what it is said to be. It stays the caller's.
 *
 * @param fd The descriptor.
 * @param expected What it is said to be.
 * @returns The same.
 */
export function checkSocket(fd: number, expected: ExpectedSocket): number {
  checkInteger(fd, "descriptor", 0, 0x7fff_ffff);
  const { type, listens = false, object } = expected;
  const isOfType = socketOption(fd, SOL_SOCKET, SO_TYPE) === type;
  if (!isOfType || decodeInternetAddress(socketName(fd)) === undefined) {
    throw new TypeError(
      `Cannot use descriptor ${fd} as ${object}: it is a socket of another kind`,
    );
  }
  if (type !== SOCK_STREAM) return fd;
  if ((socketOption(fd, SOL_SOCKET, SO_ACCEPTCONN) !== 0) !== listens) {
    const what = listens ? "it does not listen" : "it listens for connections";
    throw new TypeError(`Cannot use descriptor ${fd} as ${object}: ${what}`);
  }
  return fd;
}
