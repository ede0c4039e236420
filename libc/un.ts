/**
 * `<sys/un.h>`: the addresses of Unix sockets.
 *
 * Linux from `linux/un.h`; macOS from `bsd/sys/un.h` of xnu, where the first
 * byte is the length and the second the family.
 *
 * @see {@link https://man7.org/linux/man-pages/man7/unix.7.html | unix(7)}
 * @see {@link https://github.com/apple-oss-distributions/xnu/blob/main/bsd/sys/un.h | xnu}
 */

import { perPlatform } from "./platform.ts";
import { AF_UNIX } from "./socket.ts";
import type { SocketAddress } from "./socket.ts";

/** Offsets in `struct sockaddr_un`, in bytes. */
export const SOCKADDR_UN: Readonly<
  Record<"size" | "sun_family" | "sun_path", number>
> = perPlatform({
  linux: { size: 110, sun_family: 0, sun_path: 2 }, // sa_family_t, char [108]
  darwin: { size: 106, sun_family: 1, sun_path: 2 }, // unsigned char, sa_family_t, char [104]
});

/** Offsets in `struct ucred`, in bytes; Linux only. */
export const UCRED = {
  size: 12,
  pid: 0, // pid_t
  uid: 4, // uid_t
  gid: 8, // gid_t
} as const;

/** Offsets in `struct xucred`, in bytes; macOS only. */
export const XUCRED = {
  size: 76,
  cr_version: 0, // u_int
  cr_uid: 4, // uid_t
  cr_ngroups: 8, // short
  cr_groups: 12, // gid_t [16]
} as const;

/** The version of `struct xucred`. */
export const XUCRED_VERSION = 0;

/** The longest path in bytes: one less than `sun_path` has, for a NUL. */
export const UNIX_PATH_MAX: number = SOCKADDR_UN.size - SOCKADDR_UN.sun_path -
  1;

/** The longest abstract name in bytes: a NUL comes before it. */
export const UNIX_ABSTRACT_MAX: number = UNIX_PATH_MAX;

/**
 * The address of a path.
 *
 * @param path The path in UTF-8, without a NUL.
 * @returns The address, as C has it.
 */
export function pathAddress(path: Uint8Array): SocketAddress {
  const address = header(path.byteLength + 1);
  address.set(path, SOCKADDR_UN.sun_path);
  return address;
}

/**
 * The address of an abstract name; Linux only.
 *
 * @param name The name.
 * @returns The address, as C has it.
 */
export function abstractAddress(name: Uint8Array): SocketAddress {
  const address = header(name.byteLength + 1);
  address.set(name, SOCKADDR_UN.sun_path + 1);
  return address;
}

function header(length: number): SocketAddress {
  const address = new Uint8Array(
    new ArrayBuffer(SOCKADDR_UN.sun_path + length),
  );
  // On macOS, where the family has one byte, the first one is the length.
  if (SOCKADDR_UN.sun_family === 1) address[0] = address.byteLength;
  address[SOCKADDR_UN.sun_family] = AF_UNIX;
  return address;
}

/** What an address of a Unix socket says. */
export interface UnixName {
  /** Whether it is an abstract name, and not a path. */
  readonly isAbstract: boolean;
  /** The path, without a NUL, or the name. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Reads the address of a Unix socket.
 *
 * @param address The address, as C has it.
 * @returns What it says, or `undefined` if the socket has none.
 */
export function decodeUnixAddress(
  address: SocketAddress,
): UnixName | undefined {
  const path = address.subarray(SOCKADDR_UN.sun_path);
  if (path.byteLength === 0) return undefined;
  if (path[0] !== 0) {
    const end = path.indexOf(0);
    return {
      isAbstract: false,
      bytes: path.slice(0, end === -1 ? path.byteLength : end),
    };
  }
  // On macOS an unnamed one is all zeros.
  if (SOCKADDR_UN.sun_family === 1) return undefined;
  return { isAbstract: true, bytes: path.slice(1) };
}

/** Who a process is, as `struct ucred` says. */
export interface Ucred {
  /** Its number. */
  readonly pid: number;
  /** The number of its user. */
  readonly uid: number;
  /** The number of its group. */
  readonly gid: number;
}

/**
 * Reads Linux's `struct ucred`.
 *
 * @param bytes It, as C has it.
 * @returns What it says.
 */
export function decodeUcred(bytes: Uint8Array): Ucred {
  const view = new DataView(bytes.buffer, bytes.byteOffset, UCRED.size);
  return {
    pid: view.getInt32(UCRED.pid, true),
    uid: view.getUint32(UCRED.uid, true),
    gid: view.getUint32(UCRED.gid, true),
  };
}

/**
 * Reads macOS's `struct xucred`.
 *
 * @param bytes It, as C has it.
 * @returns The user, and the first of the groups, which is the effective one;
 * `undefined` if it is of another version.
 */
export function decodeXucred(
  bytes: Uint8Array,
): Omit<Ucred, "pid"> | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, XUCRED.size);
  if (view.getUint32(XUCRED.cr_version, true) !== XUCRED_VERSION) {
    return undefined;
  }
  return {
    uid: view.getUint32(XUCRED.cr_uid, true),
    gid: view.getUint32(XUCRED.cr_groups, true),
  };
}
