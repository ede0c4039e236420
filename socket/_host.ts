/** Hosts, as they are written. */

/**
 * Writes a host and a port.
 *
 * @param hostname An address, or a name.
 * @param port The port.
 * @returns Both, with a colon between.
 */
export function formatHost(hostname: string, port: number): string {
  const isBare = hostname.includes(":") && !hostname.startsWith("[");
  return isBare ? `[${hostname}]:${port}` : `${hostname}:${port}`;
}

/**
 * A host without the brackets that it has where a port may follow.
 *
 * @param hostname An address, or a name.
 * @returns The same without brackets.
 */
export function bareHost(hostname: string): string {
  if (typeof hostname !== "string" || hostname === "") {
    throw new TypeError(
      `Cannot use hostname ${JSON.stringify(hostname)}: it must be a name, ` +
        "or an address in numbers",
    );
  }
  return hostname.startsWith("[") && hostname.endsWith("]")
    ? hostname.slice(1, -1)
    : hostname;
}
