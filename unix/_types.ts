/** The types of Unix sockets. */

import { capabilities } from "@ipc/libc";
import { SOCK_DGRAM, SOCK_SEQPACKET, SOCK_STREAM } from "@ipc/libc/sockets";

/** The types of Unix sockets, by their names. */
export const types: Readonly<Record<UnixSocketType, number>> = {
  stream: SOCK_STREAM,
  datagram: SOCK_DGRAM,
  seqpacket: SOCK_SEQPACKET,
};

/** The name of a type of Unix sockets. */
export type UnixSocketType = "stream" | "datagram" | "seqpacket";

/** The name of a type, or its number. */
export function typeName(type: number): UnixSocketType | number {
  const names = Object.keys(types) as UnixSocketType[];
  return names.find((name) => types[name] === type) ?? type;
}

/** Types that have a name and no Unix socket, and why. */
const missing: Readonly<Record<string, string>> = {
  raw:
    "the system has no protocol below Unix sockets; Linux makes a datagram " +
    'socket of it, so ask for "datagram"',
  rdm: "no system here has reliable datagrams of that type; those of Unix " +
    'sockets are reliable, so ask for "datagram"',
};

/**
 * Checks the type of a socket.
 *
 * @param type What a caller passed.
 * @param action What it is for, after "Cannot".
 * @returns The number of the type.
 */
export function checkType(type: UnixSocketType, action: string): number {
  const reason = Object.hasOwn(missing, type) ? missing[type] : undefined;
  if (reason !== undefined) {
    throw new Deno.errors.NotSupported(
      `Cannot ${action} of type ${type}: ${reason}`,
    );
  }
  if (!Object.hasOwn(types, type)) {
    throw new TypeError(
      `Cannot ${action} of type ${
        JSON.stringify(type)
      }: it must be "stream", ` +
        '"datagram" or "seqpacket"',
    );
  }
  if (type === "seqpacket") checkSeqpacket(action);
  return types[type];
}

/**
 * Checks that there are Unix sockets of the type seqpacket.
 *
 * @param action What they are for, after "Cannot".
 */
export function checkSeqpacket(action: string): void {
  if (capabilities.seqpacket) return;
  throw new Deno.errors.NotSupported(
    `Cannot ${action}: macOS has no Unix sockets of type seqpacket; ` +
      "use datagrams, or a stream with records",
  );
}
