/**
 * `<sys/socket.h>`: sockets, from their making to their names.
 *
 * Linux from `asm-generic/socket.h`, `linux/socket.h` and glibc's
 * `bits/socket.h`; macOS from `bsd/sys/socket.h` of xnu.
 *
 * @see {@link https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/sys_socket.h.html | POSIX}
 * @see {@link https://github.com/apple-oss-distributions/xnu/blob/main/bsd/sys/socket.h | xnu}
 */

import { Errno } from "./errno.ts";
import { osError } from "./error.ts";
import { setCloseOnExec, setNonblocking } from "./fcntl.ts";
import { errno, library } from "./library.ts";
import { capabilities, perPlatform } from "./platform.ts";
import { setSocketOption, SO_NOSIGPIPE, SOL_SOCKET } from "./socket_option.ts";
import { close } from "./unistd.ts";

const { EAGAIN, ECONNABORTED, EINTR, ENOTCONN } = Errno;

const libsocket = library({
  accept: { parameters: ["i32", "pointer", "pointer"], result: "i32" }, // int accept(int, struct sockaddr *, socklen_t *)
  bind: { parameters: ["i32", "buffer", "u32"], result: "i32" }, // int bind(int, const struct sockaddr *, socklen_t)
  connect: { parameters: ["i32", "buffer", "u32"], result: "i32" }, // int connect(int, const struct sockaddr *, socklen_t)
  getpeername: { parameters: ["i32", "buffer", "buffer"], result: "i32" }, // int getpeername(int, struct sockaddr *, socklen_t *)
  getsockname: { parameters: ["i32", "buffer", "buffer"], result: "i32" }, // int getsockname(int, struct sockaddr *, socklen_t *)
  listen: { parameters: ["i32", "i32"], result: "i32" }, // int listen(int, int)
  shutdown: { parameters: ["i32", "i32"], result: "i32" }, // int shutdown(int, int)
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" }, // int socket(int, int, int)
  socketpair: { parameters: ["i32", "i32", "i32", "buffer"], result: "i32" }, // int socketpair(int, int, int, int [2])
});

const libaccept4 = library({
  accept4: { parameters: ["i32", "pointer", "pointer", "i32"], result: "i32" }, // int accept4(int, struct sockaddr *, socklen_t *, int)
});

/** Sockets of this machine: Unix sockets. */
export const AF_UNIX = 1;
/** The Internet, version 4. */
export const AF_INET = 2;
/** The Internet, version 6. */
export const AF_INET6: number = perPlatform({ linux: 10, darwin: 30 });

/** A stream of bytes, by a connection. */
export const SOCK_STREAM = 1;
/** Whole messages, each with an address. */
export const SOCK_DGRAM = 2;
/** Whole messages, by a connection. macOS has none for `AF_UNIX`. */
export const SOCK_SEQPACKET = 5;
/** With the type, on Linux: close on exec, from the start. */
export const SOCK_CLOEXEC = 0o2000000;
/** With the type, on Linux: do not wait. */
export const SOCK_NONBLOCK = 0o4000;

/** No more reading. */
export const SHUT_RD = 0;
/** No more writing: the other side sees the end. */
export const SHUT_WR = 1;
/** Neither. */
export const SHUT_RDWR = 2;

/** Room for the address of any family here. */
const MAX_ADDRESS = 128;

/** The address of a socket, as C has it: as long as it is. */
export type SocketAddress = Uint8Array<ArrayBuffer>;

/** How a new socket is. */
export interface SocketMode {
  /** Whether calls return at once where they would have to wait. */
  readonly nonblocking?: boolean;
}

/**
 * Makes a socket, which is close-on-exec, and whose writes send no `SIGPIPE`.
 *
 * @param family `AF_UNIX`, `AF_INET` or `AF_INET6`.
 * @param type `SOCK_STREAM`, `SOCK_DGRAM` or `SOCK_SEQPACKET`.
 * @param protocol The protocol, 0 for the usual one.
 * @param mode Whether it waits.
 * @returns Its descriptor.
 * @see {@link https://man7.org/linux/man-pages/man2/socket.2.html | socket(2)}
 */
export function socket(
  family: number,
  type: number,
  protocol = 0,
  mode: SocketMode = {},
): number {
  const { nonblocking = false } = mode;
  const fd = libsocket.socket()(family, typeBits(type, nonblocking), protocol);
  if (fd === -1) throw osError(errno[0], "socket", "create a socket");
  return prepared([fd], nonblocking)[0]!;
}

/**
 * Makes two sockets that are connected to each other. Both are close-on-exec,
 * and wait.
 *
 * @param family `AF_UNIX`.
 * @param type `SOCK_STREAM`, `SOCK_DGRAM` or `SOCK_SEQPACKET`.
 * @returns Their descriptors.
 * @see {@link https://man7.org/linux/man-pages/man2/socketpair.2.html | socketpair(2)}
 */
export function socketpair(family: number, type: number): [number, number] {
  const fds = new Int32Array(2);
  const bits = typeBits(type, false);
  if (libsocket.socketpair()(family, bits, 0, fds) === -1) {
    throw osError(errno[0], "socketpair", "create a pair of sockets");
  }
  return prepared([...fds], false) as [number, number];
}

function typeBits(type: number, nonblocking: boolean): number {
  if (!capabilities.socketFlags) return type;
  return type | SOCK_CLOEXEC | (nonblocking ? SOCK_NONBLOCK : 0);
}

/** Gives new sockets what `socket(2)` of this system cannot. */
function prepared(fds: number[], nonblocking: boolean): number[] {
  if (capabilities.socketFlags && capabilities.noSignal) return fds;
  using undo = new DisposableStack();
  for (const fd of fds) undo.defer(() => close(fd));
  for (const fd of fds) {
    if (!capabilities.socketFlags) {
      setCloseOnExec(fd, true);
      if (nonblocking) setNonblocking(fd, true);
    }
    if (!capabilities.noSignal) refuseSignals(fd);
  }
  undo.move();
  return fds;
}

function refuseSignals(fd: number): void {
  // A socket whose other side is gone already refuses options on macOS.
  if (SO_NOSIGPIPE !== undefined) {
    setSocketOption(fd, SOL_SOCKET, SO_NOSIGPIPE, 1, true);
  }
}

/**
 * Gives a socket an address.
 *
 * @param fd The socket.
 * @param address The address.
 * @param action What this is for, for messages.
 * @param hint What to add for an error number.
 * @see {@link https://man7.org/linux/man-pages/man2/bind.2.html | bind(2)}
 */
export function bind(
  fd: number,
  address: SocketAddress,
  action: string,
  hint?: (number: number) => string | undefined,
): void {
  if (libsocket.bind()(fd, address, address.byteLength) === -1) {
    const number = errno[0];
    throw osError(number, "bind", action, hint?.(number));
  }
}

/**
 * Makes a socket wait for connections.
 *
 * @param fd The socket.
 * @param backlog How many may wait for `accept`; the system has a limit.
 * @param action What this is for, for messages.
 * @see {@link https://man7.org/linux/man-pages/man2/listen.2.html | listen(2)}
 */
export function listen(fd: number, backlog: number, action: string): void {
  if (libsocket.listen()(fd, backlog) === -1) {
    throw osError(errno[0], "listen", action);
  }
}

/**
 * Accepts a connection that waits. The new socket is close-on-exec and waits,
 * whatever the one that listens does. A connection that was given up before
 * it was accepted is skipped.
 *
 * @param fd The socket that listens.
 * @param action What this is for, for messages.
 * @returns The descriptor of the connection, or `undefined` if none waits and
 * the socket does not.
 * @see {@link https://man7.org/linux/man-pages/man2/accept.2.html | accept(2)}
 */
export function accept(fd: number, action: string): number | undefined {
  for (;;) {
    const connection = capabilities.accept4
      ? libaccept4.accept4()(fd, null, null, SOCK_CLOEXEC)
      : libsocket.accept()(fd, null, null);
    if (connection !== -1) return accepted(connection);
    const number = errno[0];
    if (number === EAGAIN) return undefined;
    if (number !== EINTR && number !== ECONNABORTED) {
      throw osError(number, "accept", action);
    }
  }
}

function accepted(fd: number): number {
  if (capabilities.accept4 && capabilities.noSignal) return fd;
  using undo = new DisposableStack();
  undo.defer(() => close(fd));
  if (!capabilities.accept4) {
    setCloseOnExec(fd, true);
    // On macOS it inherits the mode of the socket that listens.
    setNonblocking(fd, false);
  }
  if (!capabilities.noSignal) refuseSignals(fd);
  undo.move();
  return fd;
}

/**
 * Begins to connect, or, for datagrams, sets where they go. It throws
 * nothing: what a number means depends on the family.
 *
 * @param fd The socket.
 * @param address Where to.
 * @returns 0, or the error number: `EINPROGRESS` if it goes on by itself and
 * `SO_ERROR` tells how it ended when the socket can be written to; on Linux
 * `EAGAIN` if the queue of a Unix socket is full, which can be tried again.
 * `EINTR` stands for `EINPROGRESS`.
 * @see {@link https://man7.org/linux/man-pages/man2/connect.2.html | connect(2)}
 */
export function connect(fd: number, address: SocketAddress): number {
  return libsocket.connect()(fd, address, address.byteLength) === -1
    ? errno[0]
    : 0;
}

/**
 * Ends one direction of a connection, or both, for all who share it. That it
 * is over already is no error.
 *
 * @param fd The socket.
 * @param how `SHUT_RD`, `SHUT_WR` or `SHUT_RDWR`.
 * @see {@link https://man7.org/linux/man-pages/man2/shutdown.2.html | shutdown(2)}
 */
export function shutdown(fd: number, how: number): void {
  if (libsocket.shutdown()(fd, how) === -1) {
    const number = errno[0];
    if (number !== ENOTCONN) {
      throw osError(number, "shutdown", `shut down descriptor ${fd}`);
    }
  }
}

/**
 * The address of a socket.
 *
 * @param fd The socket.
 * @returns The address, as C has it.
 * @see {@link https://man7.org/linux/man-pages/man2/getsockname.2.html | getsockname(2)}
 */
export function socketName(fd: number): SocketAddress {
  const [address, size] = addressRoom();
  if (libsocket.getsockname()(fd, address, size) === -1) {
    throw osError(errno[0], "getsockname", `ask for the address of ${fd}`);
  }
  return address.slice(0, size[0]);
}

/**
 * The address of the other side of a connection.
 *
 * @param fd The socket.
 * @returns The address, as C has it; `undefined` if it is not connected.
 * @see {@link https://man7.org/linux/man-pages/man2/getpeername.2.html | getpeername(2)}
 */
export function peerName(fd: number): SocketAddress | undefined {
  const [address, size] = addressRoom();
  if (libsocket.getpeername()(fd, address, size) === -1) {
    const number = errno[0];
    // On macOS a connection that the other side has ended has EINVAL.
    if (number === ENOTCONN || number === Errno.EINVAL) return undefined;
    throw osError(number, "getpeername", `ask whom ${fd} is connected to`);
  }
  return address.slice(0, size[0]);
}

function addressRoom(): [SocketAddress, Uint32Array<ArrayBuffer>] {
  return [new Uint8Array(MAX_ADDRESS), Uint32Array.of(MAX_ADDRESS)];
}

/**
 * The family of a socket: that of its address, which it has also when it is
 * bound to none.
 *
 * @param fd The socket.
 * @returns `AF_UNIX`, `AF_INET` or another.
 */
export function socketFamily(fd: number): number {
  const address = socketName(fd);
  // On macOS the first byte is the length, and the second the family.
  return perPlatform({
    linux: address[0]! | address[1]! << 8,
    darwin: address[1]!,
  });
}
