/**
 * Sockets of the Internet, on one machine or between two: TCP and UDP.
 *
 * TCP comes in two shapes. Connections of Deno's own, of `Deno.listen` and
 * {@linkcode connectTcp}, are the ones to begin with: they are subject to
 * Deno's permissions, and need `--allow-net` alone. Sockets of the library's
 * own, of {@linkcode openTcpListener} and {@linkcode openTcpStream}, can do
 * without the event loop, have a descriptor that a child inherits, and give up
 * a wait without losing a byte; they need `--allow-ffi`. All functions here
 * take both: {@linkcode serveConnections}, {@linkcode sendAll},
 * {@linkcode receiveExactly}, {@linkcode receiveSome}, {@linkcode RecordReader}.
 *
 * UDP, of {@linkcode openUdpSocket}, carries whole messages, says who sent
 * each, and needs `--allow-ffi`; Deno's own is unstable.
 *
 * Between processes that are sure to share a machine, Unix sockets are faster,
 * and say who the other side is.
 *
 * ```ts
 * import { connectTcp, sendAll, serveConnections } from "@ipc/socket";
 *
 * const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
 * const server = serveConnections(listener, async (connection) => {
 *   console.log(await new Response(connection.readable).text());
 * });
 *
 * const client = await connectTcp({ port: listener.addr.port, timeout: 1000 });
 * await sendAll(client, new TextEncoder().encode("hello"));
 * client.close();
 * await server.shutdown();
 * ```
 *
 * ## Python's calls, and ours
 *
 * | Python                                     | here                                                                      |
 * | ------------------------------------------ | ------------------------------------------------------------------------- |
 * | `socket.socket(AF_INET, SOCK_STREAM)`      | part of `connectTcp`, `openTcpStream`, `openTcpListener`                  |
 * | `socket.socket(AF_INET6, ...)`             | the same with an address of IPv6: the address has the family              |
 * | `socket.socket(AF_INET, SOCK_DGRAM)`       | `openUdpSocket`                                                           |
 * | `SOCK_RAW`, `SOCK_RDM`                     | `openSocket(type)` throws `NotSupported`, with the reason                 |
 * | `SOCK_SEQPACKET`, `AF_UNIX`                | `@ipc/unix`                                                               |
 * | `socketpair()`                             | `@ipc/unix`                                                               |
 * | `bind((host, port))`                       | `hostname` and `port` of `openTcpListener`, `openUdpSocket`, `Deno.listen` |
 * | `listen(backlog)`                          | `openTcpListener({ backlog })`, `Deno.listen({ tcpBacklog })`             |
 * | `create_server(address, reuse_port=True)`  | `openTcpListener({ reusePort: true })`                                    |
 * | `create_server(address, dualstack_ipv6=True)` | `openTcpListener({ hostname: "::" })`                                  |
 * | `accept()`                                 | `accept`, `acceptSync`, `tryAccept`; the peer is `remoteAddr`             |
 * | a loop round `accept()`, `socketserver`    | `serveConnections`                                                        |
 * | `connect(address)`, `create_connection()`  | `connectTcp`, `openTcpStream`, `openTcpStreamSync`; `connect` of UDP      |
 * | `connect_ex(address)`                      | the same; the error has `code` and `errno`: `isOsError(error, "ECONNREFUSED")` |
 * | `send(bytes)`                              | `write`, `writeSync`, `tryWrite`, which return how many were sent         |
 * | `sendall(bytes)`                           | `sendAll`                                                                 |
 * | `recv(size)`                               | `read`, `readSync`, `tryRead` into a buffer; `null` is the end            |
 * | `recv_into(buffer)`                        | the same                                                                  |
 * | `recv(size, MSG_WAITALL)`                  | `receiveExactly`                                                          |
 * | `recv(size, MSG_DONTWAIT)`                 | `tryRead`, `tryReceive`                                                   |
 * | `sendto(bytes, address)`                   | `send(message, { to })`, `sendSync`, `trySend`                            |
 * | `recvfrom(size)`                           | `receive`, `receiveSync`, `tryReceive`: `{ message, address }`            |
 * | `recvfrom_into(buffer)`                    | `receiveInto`, `receiveIntoSync`, and `lastAddress`                       |
 * | `makefile()`, `readline()`                 | `readable` through `TextDecoderStream` and `TextLineStream` of `@std/streams` |
 * | `dup()`                                    | `duplicate()`                                                             |
 * | `fileno()`, `socket(fileno=fd)`            | `fd`, `TcpStream.fromFd`, `TcpListener.fromFd`, `UdpSocket.fromFd`        |
 * | `set_inheritable(True)`                    | `spawnWith(command, [socket])`                                            |
 * | `shutdown(SHUT_WR)`                        | `closeWrite()`                                                            |
 * | `shutdown(SHUT_RD)`                        | `reader.close()` of a `TcpStream`                                         |
 * | `close()`                                  | `close()`, `using`                                                        |
 * | `getsockname()`, `getpeername()`           | `localAddr` (`addr` of a listener), `remoteAddr`                          |
 * | `setsockopt`, `getsockopt`                 | `noDelay`, `keepAlive`, `broadcast`, `ttl`, `multicastTtl` and others     |
 * | `IP_ADD_MEMBERSHIP`, `IPV6_JOIN_GROUP`     | `joinMulticast`, `leaveMulticast`                                         |
 * | `settimeout(seconds)`                      | `{ timeout: milliseconds }` of each call                                  |
 * | `setblocking(False)`                       | the async methods, or those that begin with `try`                         |
 * | `getaddrinfo`, `gethostbyname`             | `resolveHost`, `resolveHostSync`; everything that connects takes names    |
 * | `inet_aton`, `inet_ntoa`, `inet_pton`      | not needed: addresses are text everywhere                                 |
 *
 * @module
 */

export { isOsError } from "@ipc/libc";
export {
  ByteReader,
  ByteWriter,
  RecordBatch,
  RecordReader,
  RecordWriter,
  spawnWith,
} from "@ipc/libc/streams";
export { StreamSocket } from "@ipc/libc/sockets";
export type { OsErrorDetails, WaitOptions, WaitStrategy } from "@ipc/libc";
export type {
  BatchOptions,
  ByteSink,
  ByteSource,
  Inheritable,
  RecordOptions,
  SpawnWithOptions,
  SyncWaitOptions,
} from "@ipc/libc/streams";
export type { InternetFamily } from "./_address.ts";
export { connectTcp } from "./connect_tcp.ts";
export type { ConnectTcpOptions } from "./connect_tcp.ts";
export type {
  Closable,
  ConnectionListener,
  Receivable,
  Sendable,
} from "./connection.ts";
export { ConnectionServer } from "./connection_server.ts";
export type { ShutdownOptions } from "./connection_server.ts";
export { openSocket } from "./open_socket.ts";
export type { OpenSocketOptions, SocketsByType } from "./open_socket.ts";
export { openTcpListener } from "./open_tcp_listener.ts";
export type { OpenTcpListenerOptions } from "./open_tcp_listener.ts";
export { openTcpStream, openTcpStreamSync } from "./open_tcp_stream.ts";
export type {
  OpenTcpStreamOptions,
  OpenTcpStreamSyncOptions,
} from "./open_tcp_stream.ts";
export type { OpenTcpStreamBaseOptions } from "./_tcp_connect.ts";
export { receiveExactly } from "./receive_exactly.ts";
export { receiveSome } from "./receive_some.ts";
export { resolveHost, resolveHostSync } from "./resolve_host.ts";
export type {
  ResolveHostOptions,
  ResolveHostSyncOptions,
} from "./resolve_host.ts";
export { sendAll } from "./send_all.ts";
export { serveConnections } from "./serve_connections.ts";
export type {
  ConnectionHandler,
  ServeConnectionsInfo,
  ServeConnectionsOptions,
} from "./serve_connections.ts";
export { TcpListener } from "./tcp_listener.ts";
export { TcpStream } from "./tcp_stream.ts";
export type { SocketFromFdOptions } from "./tcp_stream.ts";
export { openUdpSocket } from "./open_udp_socket.ts";
export type { OpenUdpSocketOptions } from "./open_udp_socket.ts";
export type {
  ReceivedDatagram,
  UdpAddress,
  UdpSendOptions,
  UdpSendSyncOptions,
  UdpTrySendOptions,
} from "./udp_address.ts";
export { UdpSocket } from "./udp_socket.ts";
export { UdpSocketHandle } from "./udp_socket_handle.ts";
export type { MulticastGroupOptions } from "./udp_socket_handle.ts";
