/**
 * Sockets of the Internet, on one machine or between two: TCP and UDP.
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
