/**
 * `<sys/socket.h>`: the options of sockets.
 *
 * Linux from `asm-generic/socket.h`; macOS from `bsd/sys/socket.h` and, for
 * those of Unix sockets, `bsd/sys/un.h` of xnu.
 *
 * @see {@link https://man7.org/linux/man-pages/man7/socket.7.html | socket(7)}
 * @see {@link https://github.com/apple-oss-distributions/xnu/blob/main/bsd/sys/socket.h | xnu}
 */

import { osError } from "./error.ts";
import { errno, library } from "./library.ts";
import { perPlatform } from "./platform.ts";

const liboption = library({
  getsockopt: {
    parameters: ["i32", "i32", "i32", "buffer", "buffer"],
    result: "i32",
  }, // int getsockopt(int, int, int, void *, socklen_t *)
  setsockopt: {
    parameters: ["i32", "i32", "i32", "buffer", "u32"],
    result: "i32",
  }, // int setsockopt(int, int, int, const void *, socklen_t)
});

/** Options of any socket. */
export const SOL_SOCKET: number = perPlatform({ linux: 1, darwin: 0xffff });
/** An address may be taken again soon after its last use. */
export const SO_REUSEADDR: number = perPlatform({ linux: 2, darwin: 4 });
/** The type of the socket. */
export const SO_TYPE: number = perPlatform({ linux: 3, darwin: 0x1008 });
/** The error that happened last, or in a connect; reading it clears it. */
export const SO_ERROR: number = perPlatform({ linux: 4, darwin: 0x1007 });
/** Datagrams may be sent to all. */
export const SO_BROADCAST: number = perPlatform({ linux: 6, darwin: 0x20 });
/** How many bytes may wait to be sent. */
export const SO_SNDBUF: number = perPlatform({ linux: 7, darwin: 0x1001 });
/** How many bytes may wait to be received. */
export const SO_RCVBUF: number = perPlatform({ linux: 8, darwin: 0x1002 });
/** Silent connections are tested. */
export const SO_KEEPALIVE: number = perPlatform({ linux: 9, darwin: 8 });
/** Several sockets may have one address. */
export const SO_REUSEPORT: number = perPlatform({ linux: 15, darwin: 0x200 });
/** Whether it listens. */
export const SO_ACCEPTCONN: number = perPlatform({ linux: 30, darwin: 2 });
/** Who the other side of a Unix socket is; Linux only. */
export const SO_PEERCRED = 17;
/** Who sent a message is said with it; Linux only. */
export const SO_PASSCRED = 16;
/** Writes send no `SIGPIPE`; macOS only. */
export const SO_NOSIGPIPE: number | undefined = perPlatform<number | undefined>(
  { linux: undefined, darwin: 0x1022 },
);
/** Options of Unix sockets; macOS only. */
export const SOL_LOCAL = 0;
/** Who the other side of a Unix socket is; macOS only. */
export const LOCAL_PEERCRED = 1;
/** Which process the other side of a Unix socket is; macOS only. */
export const LOCAL_PEERPID = 2;

/**
 * Reads an option that is a number.
 *
 * @param fd The socket.
 * @param level Whose option it is, such as {@linkcode SOL_SOCKET}.
 * @param option Which, such as {@linkcode SO_TYPE}.
 * @returns Its value.
 * @see {@link https://man7.org/linux/man-pages/man2/getsockopt.2.html | getsockopt(2)}
 */
export function socketOption(
  fd: number,
  level: number,
  option: number,
): number {
  const value = new Int32Array(1);
  readSocketOption(fd, level, option, new Uint8Array(value.buffer));
  return value[0]!;
}

/**
 * Reads an option that is a struct.
 *
 * @param fd The socket.
 * @param level Whose option it is.
 * @param option Which.
 * @param target Where to put it.
 * @returns How many bytes there are.
 */
export function readSocketOption(
  fd: number,
  level: number,
  option: number,
  target: Uint8Array<ArrayBuffer>,
): number {
  const size = Uint32Array.of(target.byteLength);
  if (liboption.getsockopt()(fd, level, option, target, size) === -1) {
    throw osError(
      errno[0],
      "getsockopt",
      `read option ${option} of socket ${fd}`,
    );
  }
  return size[0]!;
}

/**
 * Sets an option, which is a number, or a struct as C has it.
 *
 * @param fd The socket.
 * @param level Whose option it is.
 * @param option Which.
 * @param value Its value.
 * @param isOptional Whether it does not matter if the system refuses.
 * @see {@link https://man7.org/linux/man-pages/man2/getsockopt.2.html | setsockopt(2)}
 */
export function setSocketOption(
  fd: number,
  level: number,
  option: number,
  value: number | Uint8Array<ArrayBuffer>,
  isOptional = false,
): void {
  const bytes = typeof value === "number"
    ? new Uint8Array(Int32Array.of(value).buffer)
    : value;
  const size = bytes.byteLength;
  if (liboption.setsockopt()(fd, level, option, bytes, size) === -1) {
    const number = errno[0];
    if (isOptional) return;
    throw osError(
      number,
      "setsockopt",
      `set option ${option} of socket ${fd}`,
    );
  }
}
