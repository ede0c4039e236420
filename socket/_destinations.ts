/** Where datagrams go: addresses that were encoded before. */

import type { SocketAddress } from "@ipc/libc/sockets";
import { findAddressesSync } from "./_address.ts";
import type { UdpAddress } from "./udp_address.ts";

/** How many destinations are remembered at most. */
const MOST = 256;

/** The destinations of one socket. */
export class Destinations {
  readonly #family: number;
  readonly #known = new Map<string, SocketAddress>();
  /** The last one: most are the same again. */
  #hostname: string | undefined;
  #port = 0;
  #address: SocketAddress | undefined;

  /**
   * Remembers nothing yet.
   *
   * @param family The family of the socket, `AF_INET` or `AF_INET6`.
   */
  constructor(family: number) {
    this.#family = family;
  }

  /**
   * Finds a destination.
   *
   * @param to Where to; a name is looked up once.
   * @returns It as C has it.
   */
  find({ hostname, port }: UdpAddress): SocketAddress {
    if (port === this.#port && hostname === this.#hostname) {
      return this.#address!;
    }
    const key = `${port} ${hostname}`;
    let address = this.#known.get(key);
    if (address === undefined) {
      [address] = findAddressesSync(hostname, port, this.#family);
      if (this.#known.size === MOST) this.#known.clear();
      this.#known.set(key, address!);
    }
    this.#hostname = hostname;
    this.#port = port;
    return this.#address = address!;
  }
}
