/**
 * `<sys/socket.h>`: bytes and messages through sockets.
 *
 * Linux from `linux/socket.h`; macOS from `bsd/sys/socket.h` of xnu, where
 * `MSG_DONTWAIT` does not keep a send from waiting (`sosendcheck` in
 * `bsd/kern/uipc_socket.c` looks at the mode of the socket alone).
 *
 * @see {@link https://man7.org/linux/man-pages/man2/send.2.html | send(2)}
 * @see {@link https://man7.org/linux/man-pages/man2/recv.2.html | recv(2)}
 */

import { Errno } from "./errno.ts";
import { osError } from "./error.ts";
import { errno, library } from "./library.ts";
import { LongArgument } from "./long_argument.ts";
import { perPlatform } from "./platform.ts";
import type { SocketAddress } from "./socket.ts";
import { WOULD_BLOCK } from "./unistd.ts";

const { EAGAIN, EINTR } = Errno;

const libtransfer = library({
  // A transfer is at most 1 GiB, so its count fits 32 bits.
  recv: { parameters: ["i32", "buffer", "usize", "i32"], result: "i32" }, // ssize_t recv(int, void *, size_t, int)
  recvfrom: {
    parameters: ["i32", "buffer", "usize", "i32", "buffer", "buffer"],
    result: "i32",
  }, // ssize_t recvfrom(int, void *, size_t, int, struct sockaddr *, socklen_t *)
  send: { parameters: ["i32", "buffer", "usize", "i32"], result: "i32" }, // ssize_t send(int, const void *, size_t, int)
  sendto: {
    parameters: ["i32", "buffer", "usize", "i32", "buffer", "u32"],
    result: "i32",
  }, // ssize_t sendto(int, const void *, size_t, int, const struct sockaddr *, socklen_t)
});

/** The end of a control message was cut off: `recvmsg` says so. */
export const MSG_CTRUNC: number = perPlatform({ linux: 8, darwin: 0x20 });
/**
 * The end of the message was cut off: `recvmsg` says so. On Linux a receive
 * that is given it returns the size that the message had.
 */
export const MSG_TRUNC: number = perPlatform({ linux: 0x20, darwin: 0x10 });
/** Do not wait; on macOS for receiving only. */
export const MSG_DONTWAIT: number = perPlatform({ linux: 0x40, darwin: 0x80 });
/** No `SIGPIPE`; macOS has an option of the socket instead. */
export const MSG_NOSIGNAL: number = perPlatform({ linux: 0x4000, darwin: 0 });
/** Received descriptors are close-on-exec; Linux only. */
export const MSG_CMSG_CLOEXEC = 0x4000_0000;

const rooms = new LongArgument();
const sizes = new LongArgument();

/** The most bytes of one transfer. */
const MAX_TRANSFER = 2 ** 30;

/**
 * Receives bytes of a stream, or a message of a connection.
 *
 * @param fd The socket.
 * @param target Where to put them.
 * @param flags `MSG_DONTWAIT` and others.
 * @param action What this is, for messages.
 * @returns How many there were, 0 at the end; {@linkcode WOULD_BLOCK} if
 * there are none, and it does not wait.
 */
export function tryReceive(
  fd: number,
  target: Uint8Array<ArrayBuffer>,
  flags: number,
  action: string,
): number {
  const size = rooms.of(Math.min(target.byteLength, MAX_TRANSFER));
  for (;;) {
    const count = libtransfer.recv()(fd, target, size, flags);
    if (count !== -1) return count;
    const number = errno[0];
    if (number === EAGAIN) return WOULD_BLOCK;
    if (number !== EINTR) throw osError(number, "recv", action);
  }
}

/**
 * Receives a message, and who sent it.
 *
 * @param fd The socket.
 * @param target Where to put it.
 * @param flags `MSG_DONTWAIT` and others.
 * @param address Where to put the address of the sender.
 * @param addressSize Where to put its size; set to the room before.
 * @param action What this is, for messages.
 * @returns Its size; {@linkcode WOULD_BLOCK} if there is none, and it does
 * not wait.
 */
export function tryReceiveFrom(
  fd: number,
  target: Uint8Array<ArrayBuffer>,
  flags: number,
  address: Uint8Array<ArrayBuffer>,
  addressSize: Uint32Array<ArrayBuffer>,
  action: string,
): number {
  const size = rooms.of(Math.min(target.byteLength, MAX_TRANSFER));
  for (;;) {
    addressSize[0] = address.byteLength;
    const count = libtransfer.recvfrom()(
      fd,
      target,
      size,
      flags,
      address,
      addressSize,
    );
    if (count !== -1) return count;
    const number = errno[0];
    if (number === EAGAIN) return WOULD_BLOCK;
    if (number !== EINTR) throw osError(number, "recvfrom", action);
  }
}

/**
 * Sends bytes of a stream, or a message to where the socket is connected.
 *
 * @param fd The socket.
 * @param source The bytes.
 * @param flags `MSG_DONTWAIT` and others; `MSG_NOSIGNAL` is among them.
 * @param fail Makes the error for a number.
 * @param action What this is, for messages.
 * @returns How many were sent; {@linkcode WOULD_BLOCK} if there is no room,
 * and it does not wait.
 */
export function trySend(
  fd: number,
  source: Uint8Array<ArrayBuffer>,
  flags: number,
  fail: (number: number, action: string) => Error,
  action: string,
): number {
  const size = sizes.of(Math.min(source.byteLength, MAX_TRANSFER));
  for (;;) {
    const count = libtransfer.send()(fd, source, size, flags | MSG_NOSIGNAL);
    if (count !== -1) return count;
    const number = errno[0];
    if (number === EAGAIN) return WOULD_BLOCK;
    if (number !== EINTR) throw fail(number, action);
  }
}

/**
 * Sends a message to an address.
 *
 * @param fd The socket.
 * @param source The message.
 * @param flags `MSG_DONTWAIT` and others; `MSG_NOSIGNAL` is among them.
 * @param address Where to.
 * @param fail Makes the error for a number.
 * @param action What this is, for messages.
 * @returns Its size; {@linkcode WOULD_BLOCK} if there is no room, and it does
 * not wait.
 */
export function trySendTo(
  fd: number,
  source: Uint8Array<ArrayBuffer>,
  flags: number,
  address: SocketAddress,
  fail: (number: number, action: string) => Error,
  action: string,
): number {
  const size = sizes.of(Math.min(source.byteLength, MAX_TRANSFER));
  for (;;) {
    const count = libtransfer.sendto()(
      fd,
      source,
      size,
      flags | MSG_NOSIGNAL,
      address,
      address.byteLength,
    );
    if (count !== -1) return count;
    const number = errno[0];
    if (number === EAGAIN) return WOULD_BLOCK;
    if (number !== EINTR) throw fail(number, action);
  }
}
