/** How many bytes may wait in a socket. */

import { checkInteger } from "@ipc/libc";
import { setSocketOption, socketOption, SOL_SOCKET } from "@ipc/libc/sockets";

/**
 * Reads it.
 *
 * @param fd The socket.
 * @param option `SO_SNDBUF` or `SO_RCVBUF`.
 * @returns How many bytes.
 */
export function bufferSize(fd: number, option: number): number {
  return socketOption(fd, SOL_SOCKET, option);
}

/**
 * Sets it.
 *
 * @param fd The socket.
 * @param option `SO_SNDBUF` or `SO_RCVBUF`.
 * @param size How many bytes.
 */
export function setBufferSize(fd: number, option: number, size: number): void {
  checkInteger(size, "buffer size", 1, 2 ** 30);
  setSocketOption(fd, SOL_SOCKET, option, size);
}
