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
export type { OsErrorDetails, WaitOptions } from "@ipc/libc";
export { connectTcp } from "./connect_tcp.ts";
export type { ConnectTcpOptions } from "./connect_tcp.ts";
export type { Acceptor, Closable, Receivable, Sendable } from "./connection.ts";
export { ConnectionServer } from "./connection_server.ts";
export type { ShutdownOptions } from "./connection_server.ts";
export { receiveExactly } from "./receive_exactly.ts";
export { receiveSome } from "./receive_some.ts";
export { sendAll } from "./send_all.ts";
export { serveConnections } from "./serve_connections.ts";
export type {
  ConnectionHandler,
  ServeConnectionsInfo,
  ServeConnectionsOptions,
} from "./serve_connections.ts";
