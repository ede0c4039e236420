/** Messages that carry descriptors: the transfers of both directions. */

import {
  capabilities,
  checkBytes,
  checkInteger,
  Errno,
  osError,
  setCloseOnExec,
  WOULD_BLOCK,
} from "@ipc/libc";
import type { WaitStrategy } from "@ipc/libc";
import {
  controlSpace,
  decodeControl,
  decodeUcred,
  MessageHeader,
  MSG_CMSG_CLOEXEC,
  MSG_CTRUNC,
  MSG_TRUNC,
  POLLIN,
  POLLOUT,
  SCM_CREDENTIALS,
  SCM_MAX_FD,
  SOL_SOCKET,
  Transfers,
  UCRED,
} from "@ipc/libc/sockets";
import type { SharedHalf, SocketAddress } from "@ipc/libc/sockets";
import { decodePath } from "./_address.ts";
import { OwnedDescriptor } from "./owned_descriptor.ts";
import { ReceivedDescriptors } from "./received_descriptors.ts";

/** What has a descriptor, or is one. */
export type DescriptorSource = number | { readonly fd: number };

/** What is sent with descriptors. */
export interface OutgoingDescriptors {
  readonly bytes: Uint8Array;
  readonly fds: readonly number[];
  readonly address: SocketAddress | undefined;
}

/** Where to put what is received with descriptors. */
export interface IncomingDescriptors {
  readonly bytes: Uint8Array;
  readonly max: number;
}

/** Room for the address of any Unix socket. */
const ADDRESS_SIZE = 128;
/** Room for all the control data of a message. */
const room = controlSpace(4 * SCM_MAX_FD) + controlSpace(UCRED.size);

function checkOpen(half: SharedHalf, action: string): void {
  if (half.isOpen) return;
  throw new Deno.errors.BadResource(`Cannot ${action}: it is closed`);
}

/**
 * The descriptors to send, checked.
 *
 * @param sources What a caller passed.
 * @param action What this is for, after "Cannot".
 * @returns Their numbers.
 */
export function descriptorsOf(
  sources: Iterable<DescriptorSource>,
  action: string,
): number[] {
  const fds: number[] = [];
  for (const source of sources) {
    const fd = typeof source === "number" ? source : source.fd;
    if (fd === -1) {
      throw new Deno.errors.BadResource(
        `Cannot ${action}: a descriptor to send is closed`,
      );
    }
    fds.push(checkInteger(fd, "descriptor", 0, 0x7fff_ffff));
  }
  if (fds.length === 0 || fds.length > SCM_MAX_FD) {
    throw new RangeError(
      `Cannot ${action}: one message carries 1 to ${SCM_MAX_FD} descriptors ` +
        `(SCM_MAX_FD), and these are ${fds.length}`,
    );
  }
  return fds;
}

/**
 * The transfers that send descriptors.
 *
 * @param half Where to.
 * @param object What it is called in messages.
 * @param wait How to wait.
 * @param needsByte Whether nothing is sent without a byte.
 * @returns The transfers; their results are how many bytes were sent.
 */
export function descriptorSender(
  half: SharedHalf,
  object: string,
  wait: WaitStrategy,
  needsByte: boolean,
): Transfers<OutgoingDescriptors, number> {
  const action = `send descriptors to ${object}`;
  const fail = (number: number) =>
    osError(number, "sendmsg", action, sendHint(number));
  let header: MessageHeader | undefined;
  return new Transfers<OutgoingDescriptors, number>(half, {
    action,
    check({ bytes }) {
      checkOpen(half, action);
      checkBytes(bytes);
      if (needsByte && bytes.byteLength === 0) {
        throw new RangeError(
          `Cannot ${action}: a stream carries descriptors with at least one ` +
            "byte, and there is none",
        );
      }
    },
    event: POLLOUT,
    attempt({ bytes, fds, address }) {
      header ??= new MessageHeader(room, ADDRESS_SIZE);
      const source = bytes as Uint8Array<ArrayBuffer>;
      const { fd, flags } = half;
      const count = header.sendDescriptors(
        fd,
        source,
        flags,
        fds,
        address,
        fail,
      );
      return count === WOULD_BLOCK ? undefined : count;
    },
  }, wait);
}

function sendHint(number: number): string | undefined {
  switch (number) {
    case Errno.EBADF:
      return "one of the descriptors to send is not open";
    case Errno.ETOOMANYREFS:
      return "more descriptors are on their way than RLIMIT_NOFILE allows";
    default:
      return undefined;
  }
}

/** How a socket receives descriptors. */
export interface DescriptorReceiverOptions {
  /** Whether it is a connection, which has an end. */
  readonly isConnection: boolean;
  /** Whether it carries whole messages, which can be cut off. */
  readonly hasMessages: boolean;
  /** Takes bytes that were read before they were asked for. */
  takeBuffered?(bytes: Uint8Array): number;
}

/**
 * The transfers that receive descriptors.
 *
 * @param half Where from.
 * @param object What it is called in messages.
 * @param wait How to wait.
 * @param options How the socket is.
 * @returns The transfers.
 */
export function descriptorReceiver(
  half: SharedHalf,
  object: string,
  wait: WaitStrategy,
  options: DescriptorReceiverOptions,
): Transfers<IncomingDescriptors, ReceivedDescriptors> {
  const action = `receive descriptors from ${object}`;
  let header: MessageHeader | undefined;
  return new Transfers<IncomingDescriptors, ReceivedDescriptors>(half, {
    action,
    check({ bytes, max }) {
      checkOpen(half, action);
      checkBytes(bytes);
      checkInteger(max, "the most descriptors", 0, SCM_MAX_FD);
      if (bytes.byteLength === 0) {
        throw new RangeError(
          `Cannot ${action}: there is no room for the bytes that come with ` +
            "them",
        );
      }
    },
    event: POLLIN,
    attempt({ bytes, max }) {
      const buffered = options.takeBuffered?.(bytes) ?? 0;
      if (buffered > 0) return new ReceivedDescriptors(buffered, [], null);
      // The other side of a connection is always the same.
      const addressSize = options.isConnection ? 0 : ADDRESS_SIZE;
      header ??= new MessageHeader(room, addressSize);
      return receive(header, half, action, bytes, max, options);
    },
  }, wait);
}

function receive(
  header: MessageHeader,
  half: SharedHalf,
  action: string,
  bytes: Uint8Array,
  max: number,
  { isConnection, hasMessages }: DescriptorReceiverOptions,
): ReceivedDescriptors | undefined {
  const flags = half.flags |
    (capabilities.closeOnReceive ? MSG_CMSG_CLOEXEC : 0) |
    (capabilities.messageSizes && hasMessages ? MSG_TRUNC : 0);
  const target = bytes as Uint8Array<ArrayBuffer>;
  const count = header.receive(half.fd, target, flags, action);
  if (count === WOULD_BLOCK) return undefined;
  const fds = header.descriptors();
  const owned = fds.map((fd) => new OwnedDescriptor(fd));
  try {
    if (!capabilities.closeOnReceive) {
      for (const fd of fds) setCloseOnExec(fd, true);
    }
    checkWhole(header.flags, action, count, bytes.byteLength);
    if (fds.length > max) {
      throw cutOff(
        action,
        `the message carries ${fds.length}, and at most ${max} are wanted; ` +
          "they are closed",
      );
    }
  } catch (error) {
    for (const descriptor of owned) descriptor.close();
    throw error;
  }
  const isEnd = count === 0 && isConnection && fds.length === 0;
  const hasMore = header.controlSize > controlSpace(4 * fds.length);
  return new ReceivedDescriptors(
    isEnd ? null : count,
    owned,
    isConnection ? null : decodePath(header.address),
    hasMore ? credentialsIn(header) : undefined,
  );
}

/** Throws if something did not fit. */
function checkWhole(
  flags: number,
  action: string,
  count: number,
  room: number,
): void {
  if ((flags & MSG_CTRUNC) !== 0) {
    throw cutOff(
      action,
      "they did not all come, for this process has as many as RLIMIT_NOFILE " +
        "allows, or there were too many; what came is closed",
    );
  }
  if ((flags & MSG_TRUNC) !== 0) {
    const has = count > room ? `has ${count} bytes` : "has more";
    throw cutOff(
      action,
      `the message ${has}, and there is room for ${room}: the rest is lost, ` +
        "and the descriptors are closed",
    );
  }
}

function cutOff(action: string, hint: string): Error {
  return osError(Errno.EMSGSIZE, "recvmsg", action, hint);
}

function credentialsIn(header: MessageHeader) {
  if (!capabilities.messageCredentials) return undefined;
  for (const { level, type, data } of decodeControl(header.control)) {
    const isWhole = data.byteLength >= UCRED.size;
    if (level === SOL_SOCKET && type === SCM_CREDENTIALS && isWhole) {
      return decodeUcred(data);
    }
  }
  return undefined;
}
