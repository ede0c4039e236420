/**
 * `<sys/socket.h>`: messages with control data, such as descriptors.
 *
 * `struct msghdr` and `struct cmsghdr`: Linux from `linux/socket.h` of the
 * kernel, as glibc has them; macOS from `bsd/sys/socket.h` of xnu, where
 * lengths have 32 bits and control data is aligned to 4 bytes.
 *
 * @see {@link https://man7.org/linux/man-pages/man3/cmsg.3.html | cmsg(3)}
 * @see {@link https://man7.org/linux/man-pages/man2/recvmsg.2.html | recvmsg(2)}
 */

import { Errno } from "./errno.ts";
import { osError } from "./error.ts";
import { errno, library } from "./library.ts";
import { perPlatform } from "./platform.ts";
import type { SocketAddress } from "./socket.ts";
import { SOL_SOCKET } from "./socket_option.ts";
import { MSG_NOSIGNAL } from "./socket_transfer.ts";
import { WOULD_BLOCK } from "./unistd.ts";

const { EAGAIN, EINTR } = Errno;

const libmessage = library({
  recvmsg: { parameters: ["i32", "buffer", "i32"], result: "i32" }, // ssize_t recvmsg(int, struct msghdr *, int)
  sendmsg: { parameters: ["i32", "buffer", "i32"], result: "i32" }, // ssize_t sendmsg(int, const struct msghdr *, int)
});

/** Control data that carries descriptors. */
export const SCM_RIGHTS = 1;
/** Control data that says who sent a message; Linux only. */
export const SCM_CREDENTIALS = 2;
/** The most descriptors that Linux lets one message carry. */
export const SCM_MAX_FD = 253;

/** Offsets in `struct msghdr`, in bytes. */
export const MSGHDR: Readonly<
  Record<
    | "size"
    | "msg_name"
    | "msg_namelen"
    | "msg_iov"
    | "msg_iovlen"
    | "msg_control"
    | "msg_controllen"
    | "msg_flags",
    number
  >
> = {
  size: perPlatform({ linux: 56, darwin: 48 }),
  msg_name: 0, // void *
  msg_namelen: 8, // socklen_t
  msg_iov: 16, // struct iovec *
  msg_iovlen: 24, // size_t, on macOS int
  msg_control: 32, // void *
  msg_controllen: 40, // size_t, on macOS socklen_t
  msg_flags: perPlatform({ linux: 48, darwin: 44 }), // int
};

/** Offsets in `struct iovec`, in bytes. */
export const IOVEC = {
  size: 16,
  iov_base: 0, // void *
  iov_len: 8, // size_t
} as const;

/** Offsets in `struct cmsghdr`, in bytes; what follows it is the data. */
export const CMSGHDR: Readonly<
  Record<"size" | "cmsg_len" | "cmsg_level" | "cmsg_type", number>
> = perPlatform({
  linux: { size: 16, cmsg_len: 0, cmsg_level: 8, cmsg_type: 12 }, // size_t, int, int
  darwin: { size: 12, cmsg_len: 0, cmsg_level: 4, cmsg_type: 8 }, // socklen_t, int, int
});

/** What control messages are aligned to, in bytes. */
const ALIGNMENT: number = perPlatform({ linux: 8, darwin: 4 });

/** Whether lengths have 64 bits. */
const hasLongLengths: boolean = ALIGNMENT === 8;

function aligned(size: number): number {
  return Math.ceil(size / ALIGNMENT) * ALIGNMENT;
}

/**
 * How many bytes a control message takes: `CMSG_SPACE`.
 *
 * @param size How many bytes its data has.
 * @returns How many bytes it takes.
 */
export function controlSpace(size: number): number {
  return aligned(CMSGHDR.size) + aligned(size);
}

/** One control message. */
export interface ControlMessage {
  /** Whose it is, such as `SOL_SOCKET`. */
  readonly level: number;
  /** What it is, such as {@linkcode SCM_RIGHTS}. */
  readonly type: number;
  /** Its data. */
  readonly data: Uint8Array<ArrayBuffer>;
}

/**
 * Reads control messages. A length that leads out of the bytes, or to no
 * progress, ends it.
 *
 * @param bytes What the system has put there.
 * @returns The messages; their data are views.
 */
export function* decodeControl(
  bytes: Uint8Array<ArrayBuffer>,
): Generator<ControlMessage, void, void> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = aligned(CMSGHDR.size);
  for (let at = 0; at + header <= bytes.byteLength;) {
    const length = getLength(view, at + CMSGHDR.cmsg_len);
    if (length < header) return;
    yield {
      level: view.getInt32(at + CMSGHDR.cmsg_level, true),
      type: view.getInt32(at + CMSGHDR.cmsg_type, true),
      // Where it was cut off, its length may be more than there is.
      data: bytes.subarray(at + header, at + length),
    };
    at += aligned(length);
  }
}

/** How many bytes of a control message come before its data. */
const DATA_OFFSET: number = aligned(CMSGHDR.size);

/**
 * The descriptors in control messages, which are this process's from now on.
 *
 * @param words What the system has put there.
 * @param size How many bytes of it.
 * @returns All of them, in order.
 */
export function descriptorsIn(words: Int32Array, size: number): number[] {
  const fds: number[] = [];
  for (let at = 0; at + DATA_OFFSET <= size;) {
    const start = at >> 2;
    const length = words[start + CMSGHDR.cmsg_len / 4]! >>> 0;
    if (length < DATA_OFFSET) break;
    const isRights = words[start + CMSGHDR.cmsg_level / 4] === SOL_SOCKET &&
      words[start + CMSGHDR.cmsg_type / 4] === SCM_RIGHTS;
    if (isRights) {
      // Where it was cut off, its length may be more than there is.
      const end = Math.min(at + length, size);
      for (let data = at + DATA_OFFSET; data + 4 <= end; data += 4) {
        fds.push(words[data >> 2]!);
      }
    }
    at += aligned(length);
  }
  return fds;
}

/**
 * The memory of one `struct msghdr` and all it points to, which is used again
 * for each message: it points to one piece of bytes, and to room for control
 * data and, if asked, an address.
 */
export class MessageHeader {
  readonly #header = new DataView(new ArrayBuffer(MSGHDR.size));
  /** The same as words: no length here has more than 32 bits. */
  readonly #words = new Uint32Array(this.#header.buffer);
  readonly #vector = new DataView(new ArrayBuffer(IOVEC.size));
  readonly #control: Uint8Array<ArrayBuffer>;
  readonly #controlWords: Int32Array<ArrayBuffer>;
  readonly #address: Uint8Array<ArrayBuffer>;
  /** What it points to, so that it stays. */
  #bytes: Uint8Array<ArrayBuffer> | undefined;
  #pointsToControl = false;
  #pointsToAddress = false;

  /**
   * Sets memory aside.
   *
   * @param controlSize The most control data, in bytes.
   * @param addressSize The longest address, in bytes.
   */
  constructor(controlSize: number, addressSize: number) {
    this.#control = new Uint8Array(new ArrayBuffer(aligned(controlSize)));
    this.#controlWords = new Int32Array(this.#control.buffer);
    this.#address = new Uint8Array(new ArrayBuffer(addressSize));
    setPointer(this.#header, MSGHDR.msg_iov, this.#vector);
    this.#words[MSGHDR.msg_iovlen / 4] = 1;
  }

  /**
   * Sends descriptors.
   *
   * @param fd The socket.
   * @param bytes The bytes that they come with.
   * @param flags `MSG_DONTWAIT` and others; `MSG_NOSIGNAL` is among them.
   * @param fds The descriptors, at most as many as there is room for.
   * @param address Where to, if it is not connected.
   * @param fail Makes the error for a number.
   * @returns How many bytes were sent; {@linkcode WOULD_BLOCK} if there is no
   * room, and it does not wait.
   */
  sendDescriptors(
    fd: number,
    bytes: Uint8Array<ArrayBuffer>,
    flags: number,
    fds: readonly number[],
    address: SocketAddress | undefined,
    fail: (number: number) => Error,
  ): number {
    const words = this.#controlWords;
    words[CMSGHDR.cmsg_len / 4] = DATA_OFFSET + 4 * fds.length;
    // The other half of a long length.
    if (hasLongLengths) words[CMSGHDR.cmsg_len / 4 + 1] = 0;
    words[CMSGHDR.cmsg_level / 4] = SOL_SOCKET;
    words[CMSGHDR.cmsg_type / 4] = SCM_RIGHTS;
    for (let i = 0; i < fds.length; i++) words[DATA_OFFSET / 4 + i] = fds[i]!;
    if (address !== undefined) this.#address.set(address);
    const size = controlSpace(4 * fds.length);
    this.#point(bytes, size, address?.byteLength ?? 0);
    const sendmsg = libmessage.sendmsg();
    for (;;) {
      const count = sendmsg(fd, this.#header, flags | MSG_NOSIGNAL);
      if (count !== -1) return count;
      const number = errno[0];
      if (number === EAGAIN) return WOULD_BLOCK;
      if (number !== EINTR) throw fail(number);
    }
  }

  /**
   * Receives a message. What came with it is in {@linkcode control},
   * {@linkcode address} and {@linkcode flags} until the next call.
   *
   * @param fd The socket.
   * @param bytes Where to put its bytes.
   * @param flags `MSG_DONTWAIT` and others.
   * @param action What this is, for messages.
   * @returns How many there were; {@linkcode WOULD_BLOCK} if there are none,
   * and it does not wait.
   */
  receive(
    fd: number,
    bytes: Uint8Array<ArrayBuffer>,
    flags: number,
    action: string,
  ): number {
    const recvmsg = libmessage.recvmsg();
    for (;;) {
      const { byteLength: controlSize } = this.#control;
      this.#point(bytes, controlSize, this.#address.byteLength);
      const count = recvmsg(fd, this.#header, flags);
      if (count !== -1) return count;
      const number = errno[0];
      if (number === EAGAIN) return WOULD_BLOCK;
      if (number !== EINTR) throw osError(number, "recvmsg", action);
    }
  }

  /** How many bytes of control data came with it. */
  get controlSize(): number {
    return this.#words[MSGHDR.msg_controllen / 4]!;
  }

  /** The control data of the message that was received last, as a view. */
  get control(): Uint8Array<ArrayBuffer> {
    return this.#control.subarray(0, this.controlSize);
  }

  /**
   * The descriptors that came with it, which are this process's from now on.
   *
   * @returns All of them, in order.
   */
  descriptors(): number[] {
    return descriptorsIn(this.#controlWords, this.controlSize);
  }

  /** Who sent it, as a view. */
  get address(): SocketAddress {
    return this.#address.subarray(0, this.#words[MSGHDR.msg_namelen / 4]);
  }

  /** What is said of it: `MSG_TRUNC`, `MSG_CTRUNC` and others. */
  get flags(): number {
    return this.#words[MSGHDR.msg_flags / 4]!;
  }

  #point(
    bytes: Uint8Array<ArrayBuffer>,
    controlSize: number,
    addressSize: number,
  ): void {
    if (this.#bytes !== bytes) {
      this.#bytes = bytes;
      setPointer(this.#vector, IOVEC.iov_base, bytes);
    }
    this.#vector.setUint32(IOVEC.iov_len, bytes.byteLength, true);
    if (this.#pointsToControl !== controlSize > 0) {
      this.#pointsToControl = controlSize > 0;
      const target = controlSize > 0 ? this.#control : null;
      setPointer(this.#header, MSGHDR.msg_control, target);
    }
    if (this.#pointsToAddress !== addressSize > 0) {
      this.#pointsToAddress = addressSize > 0;
      const target = addressSize > 0 ? this.#address : null;
      setPointer(this.#header, MSGHDR.msg_name, target);
    }
    const words = this.#words;
    words[MSGHDR.msg_controllen / 4] = controlSize;
    words[MSGHDR.msg_namelen / 4] = addressSize;
    words[MSGHDR.msg_flags / 4] = 0;
  }
}

function setPointer(
  view: DataView,
  offset: number,
  target: ArrayBufferView<ArrayBuffer> | null,
): void {
  const pointer = target &&
    Deno.UnsafePointer.of(target as Uint8Array<ArrayBuffer>);
  const value = pointer === null ? 0n : Deno.UnsafePointer.value(pointer);
  view.setBigUint64(offset, value, true);
}

function getLength(view: DataView, offset: number): number {
  return hasLongLengths
    ? Number(view.getBigUint64(offset, true))
    : view.getUint32(offset, true);
}
