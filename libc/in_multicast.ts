/**
 * `<netinet/in.h>`: how far datagrams go, and groups of receivers.
 *
 * Linux from `linux/in.h` and `linux/in6.h`; macOS from `bsd/netinet/in.h` and
 * `bsd/netinet6/in6.h` of xnu.
 *
 * @see {@link https://man7.org/linux/man-pages/man7/ip.7.html | ip(7)}
 * @see {@link https://man7.org/linux/man-pages/man7/ipv6.7.html | ipv6(7)}
 */

import { capabilities, perPlatform } from "./platform.ts";
import { AF_INET6 } from "./socket.ts";
import { IPPROTO_IP, IPPROTO_IPV6, SOCKADDR_IN, SOCKADDR_IN6 } from "./in.ts";
import type { SocketAddress } from "./socket.ts";

/** How many networks a datagram of IPv4 crosses at most. */
export const IP_TTL: number = perPlatform({ linux: 2, darwin: 4 });
/** The interface by which datagrams go to a group. */
export const IP_MULTICAST_IF: number = perPlatform({ linux: 32, darwin: 9 });
/** How many networks a datagram to a group crosses at most. */
export const IP_MULTICAST_TTL: number = perPlatform({ linux: 33, darwin: 10 });
/** Whether this machine gets what it sends to a group. */
export const IP_MULTICAST_LOOP: number = perPlatform({ linux: 34, darwin: 11 });
/** Joins a group. */
export const IP_ADD_MEMBERSHIP: number = perPlatform({ linux: 35, darwin: 12 });
/** Leaves a group. */
export const IP_DROP_MEMBERSHIP: number = perPlatform({
  linux: 36,
  darwin: 13,
});
/**
 * Whether a socket gets what is sent to the groups of all others, too; Linux
 * only, where that is so at first.
 */
export const IP_MULTICAST_ALL = 49;
/** The same of IPv6. */
export const IPV6_MULTICAST_ALL = 29;
/** The same of IPv6. */
export const IPV6_UNICAST_HOPS: number = perPlatform({ linux: 16, darwin: 4 });
/** The same of IPv6. */
export const IPV6_MULTICAST_IF: number = perPlatform({ linux: 17, darwin: 9 });
/** The same of IPv6. */
export const IPV6_MULTICAST_HOPS: number = perPlatform({
  linux: 18,
  darwin: 10,
});
/** The same of IPv6. */
export const IPV6_MULTICAST_LOOP: number = perPlatform({
  linux: 19,
  darwin: 11,
});
/** The same of IPv6. */
export const IPV6_JOIN_GROUP: number = perPlatform({ linux: 20, darwin: 12 });
/** The same of IPv6. */
export const IPV6_LEAVE_GROUP: number = perPlatform({ linux: 21, darwin: 13 });

/** Offsets in `struct ip_mreq`, in bytes. */
export const IP_MREQ = {
  size: 8,
  imr_multiaddr: 0, // struct in_addr
  imr_interface: 4, // struct in_addr
} as const;

/** Offsets in `struct ipv6_mreq`, in bytes. */
export const IPV6_MREQ = {
  size: 20,
  ipv6mr_multiaddr: 0, // struct in6_addr
  ipv6mr_interface: 16, // unsigned int
} as const;

/** The options of one family. */
export interface MulticastOptions {
  /** Whose options they are. */
  readonly level: number;
  /** How far a datagram to one receiver goes. */
  readonly hops: number;
  /** How far a datagram to a group goes. */
  readonly groupHops: number;
  /** Whether this machine gets what it sends to a group. */
  readonly loop: number;
  /** By which interface datagrams go to a group. */
  readonly via: number;
  /** Joins a group. */
  readonly join: number;
  /** Leaves a group. */
  readonly leave: number;
  /** Whether it gets what others have joined; Linux only. */
  readonly all: number | undefined;
}

/**
 * The options of a family.
 *
 * @param family `AF_INET` or `AF_INET6`.
 * @returns Their numbers.
 */
export function multicastOptions(family: number): MulticastOptions {
  return family === AF_INET6
    ? {
      level: IPPROTO_IPV6,
      hops: IPV6_UNICAST_HOPS,
      groupHops: IPV6_MULTICAST_HOPS,
      loop: IPV6_MULTICAST_LOOP,
      via: IPV6_MULTICAST_IF,
      join: IPV6_JOIN_GROUP,
      leave: IPV6_LEAVE_GROUP,
      all: capabilities.multicastAll ? IPV6_MULTICAST_ALL : undefined,
    }
    : {
      level: IPPROTO_IP,
      hops: IP_TTL,
      groupHops: IP_MULTICAST_TTL,
      loop: IP_MULTICAST_LOOP,
      via: IP_MULTICAST_IF,
      join: IP_ADD_MEMBERSHIP,
      leave: IP_DROP_MEMBERSHIP,
      all: capabilities.multicastAll ? IP_MULTICAST_ALL : undefined,
    };
}

/**
 * Names a group of IPv4, and by which interface: `struct ip_mreq`.
 *
 * @param group The address of the group.
 * @param via The address of the interface; `undefined` leaves it to the
 * system.
 * @returns It as C has it.
 */
export function encodeMembership(
  group: SocketAddress,
  via: SocketAddress | undefined,
): Uint8Array<ArrayBuffer> {
  const { sin_addr } = SOCKADDR_IN;
  const bytes = new Uint8Array(IP_MREQ.size);
  bytes.set(group.subarray(sin_addr, sin_addr + 4), IP_MREQ.imr_multiaddr);
  if (via !== undefined) {
    bytes.set(via.subarray(sin_addr, sin_addr + 4), IP_MREQ.imr_interface);
  }
  return bytes;
}

/**
 * Names a group of IPv6, and by which interface: `struct ipv6_mreq`.
 *
 * @param group The address of the group.
 * @param index The number of the interface; 0 leaves it to the system.
 * @returns It as C has it.
 */
export function encodeMembership6(
  group: SocketAddress,
  index: number,
): Uint8Array<ArrayBuffer> {
  const { sin6_addr } = SOCKADDR_IN6;
  const bytes = new Uint8Array(IPV6_MREQ.size);
  bytes.set(group.subarray(sin6_addr, sin6_addr + 16));
  new DataView(bytes.buffer).setUint32(IPV6_MREQ.ipv6mr_interface, index, true);
  return bytes;
}
