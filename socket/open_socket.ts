import { openTcpStreamSync } from "./open_tcp_stream.ts";
import type { OpenTcpStreamSyncOptions } from "./open_tcp_stream.ts";
import { openUdpSocket } from "./open_udp_socket.ts";
import type { OpenUdpSocketOptions } from "./open_udp_socket.ts";
import type { TcpStream } from "./tcp_stream.ts";
import type { UdpSocket } from "./udp_socket.ts";

/** What each type of socket that C knows is here. */
export interface SocketsByType {
  /** `SOCK_STREAM`. */
  stream: TcpStream;
  /** `SOCK_DGRAM`. */
  datagram: UdpSocket;
  /** `SOCK_SEQPACKET`: there is none of the Internet. */
  seqpacket: never;
  /** `SOCK_RAW`: there is none here. */
  raw: never;
  /** `SOCK_RDM`: there is none. */
  rdm: never;
}

/** Options of {@linkcode openSocket}: those of the function of that type. */
export interface OpenSocketOptions
  extends Partial<OpenTcpStreamSyncOptions>, OpenUdpSocketOptions {}

/** Why there are no sockets of some types. */
const reasons: Readonly<
  Record<Exclude<keyof SocketsByType, "stream" | "datagram">, string>
> = {
  seqpacket:
    "the Internet has none but SCTP's; Unix sockets of this type are " +
    "in @ipc/unix",
  raw: "a raw socket sends and receives packets below TCP and UDP, which " +
    "takes the rights of an administrator and is no way between processes",
  rdm: "no protocol of the Internet has reliably delivered messages without " +
    "a connection, and neither Linux nor macOS offers the type",
};

/**
 * Opens a socket of a type that is chosen at run time: a connection for
 * `"stream"`, as {@linkcode openTcpStreamSync} does, or a socket for
 * `"datagram"`, as {@linkcode openUdpSocket} does.
 *
 * `socket(2)`, `connect(2)`, `bind(2)`.
 *
 * Requires `--allow-ffi`.
 *
 * @param type The type: `SOCK_STREAM` or `SOCK_DGRAM` of C.
 * @param options Those of the function of that type.
 * @returns The socket. Close it.
 * @throws {Deno.errors.NotSupported} If there are no sockets of that type,
 * with the reason.
 * @throws {TypeError} If it is no type.
 * @see {@link https://man7.org/linux/man-pages/man2/socket.2.html | socket(2)}
 *
 * @example Usage
 * ```ts
 * import { openSocket } from "@ipc/socket";
 * import { assertThrows } from "@std/assert";
 *
 * using udp = openSocket("datagram", { port: 0 });
 * udp.sendSync(new Uint8Array(1), { to: udp.localAddr });
 *
 * assertThrows(() => openSocket("raw"), Deno.errors.NotSupported);
 * ```
 */
export function openSocket<T extends keyof SocketsByType>(
  type: T,
  options: OpenSocketOptions = {},
): SocketsByType[T] {
  return open(type, options) as SocketsByType[T];
}

function open(
  type: keyof SocketsByType,
  options: OpenSocketOptions,
): UdpSocket | TcpStream {
  if (type === "datagram") return openUdpSocket(options);
  if (type === "stream") {
    return openTcpStreamSync(options as OpenTcpStreamSyncOptions);
  }
  if (Object.hasOwn(reasons, type)) {
    throw new Deno.errors.NotSupported(
      `Cannot open a socket of type "${type}": ${reasons[type]}`,
    );
  }
  throw new TypeError(
    `Cannot open a socket of type ${JSON.stringify(type)}: ` +
      'it must be "stream" or "datagram"',
  );
}
