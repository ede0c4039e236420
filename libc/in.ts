/**
 * `<netinet/in.h>` and `<arpa/inet.h>`: the addresses of the Internet.
 *
 * Linux from `linux/in.h` and `linux/in6.h`; macOS from `bsd/netinet/in.h` and
 * `bsd/netinet6/in6.h` of xnu, where the first byte of an address is the
 * length and the second the family. Ports are big-endian.
 *
 * @see {@link https://man7.org/linux/man-pages/man7/ip.7.html | ip(7)}
 * @see {@link https://man7.org/linux/man-pages/man7/ipv6.7.html | ipv6(7)}
 */

import { cString } from "./c_string.ts";
import { library } from "./library.ts";
import { perPlatform } from "./platform.ts";
import { AF_INET, AF_INET6 } from "./socket.ts";
import type { SocketAddress } from "./socket.ts";

const libinet = library({
  inet_ntop: {
    parameters: ["i32", "buffer", "buffer", "u32"],
    result: "pointer",
  }, // const char *inet_ntop(int, const void *, char *, socklen_t)
  inet_pton: { parameters: ["i32", "buffer", "buffer"], result: "i32" }, // int inet_pton(int, const char *, void *)
});

/** Offsets in `struct sockaddr_in`, in bytes. */
export const SOCKADDR_IN: Readonly<
  Record<"size" | "sin_family" | "sin_port" | "sin_addr", number>
> = {
  size: 16,
  sin_family: perPlatform({ linux: 0, darwin: 1 }), // sa_family_t
  sin_port: 2, // in_port_t
  sin_addr: 4, // struct in_addr
};

/** Offsets in `struct sockaddr_in6`, in bytes. */
export const SOCKADDR_IN6: Readonly<
  Record<
    | "size"
    | "sin6_family"
    | "sin6_port"
    | "sin6_flowinfo"
    | "sin6_addr"
    | "sin6_scope_id",
    number
  >
> = {
  size: 28,
  sin6_family: perPlatform({ linux: 0, darwin: 1 }), // sa_family_t
  sin6_port: 2, // in_port_t
  sin6_flowinfo: 4, // uint32_t
  sin6_addr: 8, // struct in6_addr
  sin6_scope_id: 24, // uint32_t
};

/** Options of IPv4. */
export const IPPROTO_IP = 0;
/** Options of TCP. */
export const IPPROTO_TCP = 6;
/** Options of IPv6. */
export const IPPROTO_IPV6 = 41;
/** Small pieces are sent at once. */
export const TCP_NODELAY = 1;
/** A socket of IPv6 takes no IPv4. */
export const IPV6_V6ONLY: number = perPlatform({ linux: 26, darwin: 27 });

/** Room for an address as text: `INET6_ADDRSTRLEN`. */
const TEXT_SIZE = 46;

/** An address of the Internet. */
export interface InternetAddress {
  /** The address of the machine, such as `"127.0.0.1"` or `"::1"`. */
  readonly hostname: string;
  /** The port. */
  readonly port: number;
  /** The number of the network interface, for addresses that need one. */
  readonly scopeId?: number;
}

/**
 * Writes an address for C.
 *
 * @param address The address, whose `hostname` is one in numbers.
 * @returns It as C has it; `undefined` if it is none of either family.
 */
export function encodeInternetAddress(
  { hostname, port, scopeId = 0 }: InternetAddress,
): SocketAddress | undefined {
  const isVersion6 = hostname.includes(":");
  const layout = isVersion6 ? SOCKADDR_IN6 : SOCKADDR_IN;
  const address = new Uint8Array(new ArrayBuffer(layout.size));
  const view = new DataView(address.buffer);
  const family = isVersion6 ? AF_INET6 : AF_INET;
  const at = isVersion6 ? SOCKADDR_IN6.sin6_addr : SOCKADDR_IN.sin_addr;
  const text = cString(hostname, "the address");
  const target = address.subarray(at);
  if (libinet.inet_pton()(family, text, target) !== 1) return undefined;
  if (SOCKADDR_IN.sin_family === 1) address[0] = layout.size;
  address[SOCKADDR_IN.sin_family] = family;
  view.setUint16(SOCKADDR_IN.sin_port, port);
  if (isVersion6) view.setUint32(SOCKADDR_IN6.sin6_scope_id, scopeId, true);
  return address;
}

/**
 * Reads an address of the Internet.
 *
 * @param address It as C has it.
 * @returns The address; `undefined` if it is of another family.
 */
export function decodeInternetAddress(
  address: SocketAddress,
): InternetAddress | undefined {
  const family = address[SOCKADDR_IN.sin_family];
  const view = new DataView(address.buffer, address.byteOffset);
  if (family === AF_INET && address.byteLength >= SOCKADDR_IN.size) {
    return {
      hostname: inetText(AF_INET, address.subarray(SOCKADDR_IN.sin_addr)),
      port: view.getUint16(SOCKADDR_IN.sin_port),
    };
  }
  if (family === AF_INET6 && address.byteLength >= SOCKADDR_IN6.size) {
    const scopeId = view.getUint32(SOCKADDR_IN6.sin6_scope_id, true);
    return {
      hostname: inetText(AF_INET6, address.subarray(SOCKADDR_IN6.sin6_addr)),
      port: view.getUint16(SOCKADDR_IN6.sin6_port),
      ...scopeId !== 0 && { scopeId },
    };
  }
  return undefined;
}

function inetText(family: number, bytes: Uint8Array<ArrayBuffer>): string {
  const text = new Uint8Array(new ArrayBuffer(TEXT_SIZE));
  libinet.inet_ntop()(family, bytes, text, TEXT_SIZE);
  return new TextDecoder().decode(text.subarray(0, text.indexOf(0)));
}
