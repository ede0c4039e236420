/** Addresses of the Internet, as they are written. */

/**
 * Writes a host so that a port can follow it.
 *
 * @param hostname An address, or a name.
 * @returns The same, in brackets if it has colons.
 */
export function formatHost(hostname: string): string {
  return hostname.includes(":") && !hostname.startsWith("[")
    ? `[${hostname}]`
    : hostname;
}
