import type { WaitOptions } from "@ipc/libc";
import { addressesOf, addressesOfSync } from "@ipc/libc/sockets";
import { familyNumber, toNetAddr } from "./_address.ts";
import type { InternetFamily } from "./_address.ts";
import { GiveUp } from "./_give_up.ts";
import { bareHost } from "./_host.ts";

/** Options of {@linkcode resolveHostSync}. */
export interface ResolveHostSyncOptions {
  /**
   * The family of the addresses: `"inet"` for IPv4, `"inet6"` for IPv6.
   * Without it, both.
   *
   * @default {undefined}
   */
  family?: InternetFamily | undefined;
}

/** Options of {@linkcode resolveHost}. */
export interface ResolveHostOptions
  extends ResolveHostSyncOptions, WaitOptions {}

/**
 * Looks up the addresses of a name as the system does: in `/etc/hosts`, by
 * DNS, and wherever else it is told to.
 *
 * `getaddrinfo(3)`, on another thread.
 *
 * Names of this machine need no network. `Deno.resolveDns` asks DNS alone. A
 * lookup that is given up goes on in the background, for some seconds at most,
 * and the process does not end before it.
 *
 * Requires `--allow-ffi`.
 *
 * @param hostname The name, or an address in numbers.
 * @param options The family, and when to give up.
 * @returns The addresses in numbers, the best one first.
 * @throws {Deno.errors.NotFound} If there is no such name, or it has no
 * address of that family.
 * @throws {Error} If whoever knows cannot be reached.
 * @throws {Deno.errors.TimedOut} If it takes longer than `timeout`.
 * @throws {TypeError} If it is no name, or no family.
 * @throws {unknown} The signal's reason, if it is aborted.
 * @see {@link https://man7.org/linux/man-pages/man3/getaddrinfo.3.html | getaddrinfo(3)}
 *
 * @example Usage
 * ```ts
 * import { resolveHost } from "@ipc/socket";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await resolveHost("127.0.0.1"), ["127.0.0.1"]);
 * const [address] = await resolveHost("localhost", { family: "inet" });
 * assertEquals(address, "127.0.0.1");
 * ```
 */
export async function resolveHost(
  hostname: string,
  options: ResolveHostOptions = {},
): Promise<string[]> {
  const family = familyNumber(options.family);
  const host = bareHost(hostname);
  const giveUp = new GiveUp(options, `look up ${JSON.stringify(hostname)}`);
  return inNumbers(await giveUp.race(addressesOf(host, family)));
}

/**
 * Looks up the addresses of a name as {@linkcode resolveHost} does, and blocks
 * the thread meanwhile.
 *
 * `getaddrinfo(3)`.
 *
 * Requires `--allow-ffi`.
 *
 * @param hostname The name, or an address in numbers.
 * @param options The family.
 * @returns The addresses in numbers, the best one first.
 * @throws {Deno.errors.NotFound} If there is no such name, or it has no
 * address of that family.
 * @throws {Error} If whoever knows cannot be reached.
 * @throws {TypeError} If it is no name, or no family.
 * @see {@link https://man7.org/linux/man-pages/man3/getaddrinfo.3.html | getaddrinfo(3)}
 *
 * @example Usage
 * ```ts
 * import { resolveHostSync } from "@ipc/socket";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(resolveHostSync("localhost", { family: "inet" }), ["127.0.0.1"]);
 * ```
 */
export function resolveHostSync(
  hostname: string,
  options: ResolveHostSyncOptions = {},
): string[] {
  const family = familyNumber(options.family);
  return inNumbers(addressesOfSync(bareHost(hostname), family));
}

function inNumbers(addresses: Uint8Array<ArrayBuffer>[]): string[] {
  const texts = addresses.map((address) => toNetAddr(address, "tcp").hostname);
  return [...new Set(texts)];
}
