/** Taking over descriptors of Unix sockets that come from elsewhere. */

import { checkInteger } from "@ipc/libc";
import {
  AF_UNIX,
  SO_ACCEPTCONN,
  SO_TYPE,
  socketFamily,
  socketOption,
  SOL_SOCKET,
} from "@ipc/libc/sockets";
import { typeName, types } from "./_types.ts";
import type { UnixSocketType } from "./_types.ts";

/**
 * Checks that a descriptor is the Unix socket that it is said to be.
 *
 * @param fd The descriptor, which stays the caller's.
 * @param type The type.
 * @param listens Whether it listens.
 */
export function checkUnixSocket(
  fd: number,
  type: UnixSocketType,
  listens = false,
): void {
  checkInteger(fd, "descriptor", 0, 0x7fff_ffff);
  const what = `Cannot use descriptor ${fd} as Unix socket of type ${type}: `;
  const actual = socketOption(fd, SOL_SOCKET, SO_TYPE);
  if (socketFamily(fd) !== AF_UNIX) {
    throw new TypeError(what + "it is a socket of another family");
  }
  if (actual !== types[type]) {
    throw new TypeError(what + `it is one of type ${typeName(actual)}`);
  }
  if (type !== "datagram" && doesListen(fd) !== listens) {
    throw new TypeError(
      what + (listens ? "it does not listen" : "it listens for connections"),
    );
  }
}

/** Whether a socket listens for connections. */
export function doesListen(fd: number): boolean {
  return socketOption(fd, SOL_SOCKET, SO_ACCEPTCONN) !== 0;
}
