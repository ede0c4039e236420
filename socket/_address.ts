/** Addresses of the Internet: as they are written, as C has them. */

import { checkInteger } from "@ipc/libc";
import {
  addressesOf,
  addressesOfSync,
  AF_INET,
  AF_INET6,
  decodeInternetAddress,
  encodeInternetAddress,
} from "@ipc/libc/sockets";
import type { SocketAddress } from "@ipc/libc/sockets";
import { bareHost } from "./_host.ts";

/** The families, by their names here. */
const families = { inet: AF_INET, inet6: AF_INET6 } as const;

/** A family of addresses: IPv4, or IPv6. */
export type InternetFamily = "inet" | "inet6";

/**
 * The number of a family.
 *
 * @param family Its name; `undefined` for both.
 * @returns The number; 0 for both.
 */
export function familyNumber(family: InternetFamily | undefined): number {
  if (family === undefined) return 0;
  const number = families[family];
  if (number === undefined) {
    throw new TypeError(
      `Cannot use family ${
        JSON.stringify(family)
      }: it must be "inet" or "inet6"; Unix sockets are in @ipc/unix`,
    );
  }
  return number;
}

/**
 * The addresses of a host, by which a socket can be reached.
 *
 * @param hostname Its name, or its address in numbers.
 * @param port The port.
 * @param family The number of a family, or 0.
 * @returns The addresses as C has them, at least one.
 */
export async function findAddresses(
  hostname: string,
  port: number,
  family = 0,
): Promise<SocketAddress[]> {
  const host = bareHost(hostname);
  const known = inNumbers(host, port, family);
  if (known !== undefined) return [known];
  return withPort(await addressesOf(host, family), port);
}

/** The same, which blocks the thread if the name has to be looked up. */
export function findAddressesSync(
  hostname: string,
  port: number,
  family = 0,
): SocketAddress[] {
  const host = bareHost(hostname);
  const known = inNumbers(host, port, family);
  if (known !== undefined) return [known];
  return withPort(addressesOfSync(host, family), port);
}

/** Reads an address in numbers; a socket of IPv6 can reach IPv4, too. */
function inNumbers(
  hostname: string,
  port: number,
  family: number,
): SocketAddress | undefined {
  checkInteger(port, "port", 0, 65_535);
  // It may be an address of no family that the caller can use: let the
  // system say so.
  if (!/^[\d.]+$|:/.test(hostname) || hostname.includes("%")) return undefined;
  const isVersion6 = hostname.includes(":");
  if (family === AF_INET && isVersion6) return undefined;
  return family === AF_INET6 && !isVersion6
    ? encodeInternetAddress({ hostname: `::ffff:${hostname}`, port })
    : encodeInternetAddress({ hostname, port });
}

function withPort(addresses: SocketAddress[], port: number): SocketAddress[] {
  // It stands at the same place in both families.
  for (const address of addresses) {
    new DataView(address.buffer).setUint16(2, port);
  }
  return addresses;
}

/**
 * The family of an address.
 *
 * @param address The address as C has it.
 * @returns `AF_INET` or `AF_INET6`.
 */
export function familyOf(address: SocketAddress): number {
  return address.byteLength > 16 ? AF_INET6 : AF_INET;
}

/**
 * An address as Deno has it.
 *
 * @param address It as C has it; `undefined` is the address of nobody.
 * @param transport What it is for.
 * @returns The address.
 */
export function toNetAddr(
  address: SocketAddress | undefined,
  transport: "tcp" | "udp",
): Deno.NetAddr {
  const known = address && decodeInternetAddress(address);
  if (known === undefined) return { transport, hostname: "0.0.0.0", port: 0 };
  const { hostname, port, scopeId } = known;
  return {
    transport,
    hostname: scopeId === undefined ? hostname : `${hostname}%${scopeId}`,
    port,
  };
}
