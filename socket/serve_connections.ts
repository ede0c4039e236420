import { checkInteger, checkTimeout } from "@ipc/libc";
import { ConnectionServer } from "./connection_server.ts";
import type { Closable, ConnectionListener } from "./connection.ts";

/** What the handler of a connection gets besides. */
export interface ServeConnectionsInfo {
  /** Aborted when the server gives up the connections that are left. */
  readonly signal: AbortSignal;
}

/** Handles one connection, which is closed when it is done. */
export type ConnectionHandler<C extends Closable> = (
  connection: C,
  info: ServeConnectionsInfo,
) => void | Promise<void>;

/** Options of {@linkcode serveConnections}. */
export interface ServeConnectionsOptions {
  /**
   * How many connections are served at once. Others wait to be accepted, in
   * the system's queue.
   *
   * @default {Infinity}
   */
  maxConnections?: number;
  /**
   * How long a shutdown lets connections finish before it closes them, in
   * milliseconds.
   *
   * @default {5000}
   */
  gracePeriod?: number;
  /**
   * Shuts the server down when it is aborted.
   *
   * @default {undefined}
   */
  signal?: AbortSignal | undefined;
  /**
   * Told what a handler threw, and that no connection can be accepted for the
   * moment, once each time that begins. Without it, `console.error` is.
   *
   * @default {console.error}
   */
  onError?: ((error: unknown) => void) | undefined;
}

/**
 * Accepts connections and handles each, many at once, until it is shut down.
 *
 * `accept(2)`, by the `accept` of the listener.
 *
 * A connection is closed when its handler is done, and a handler that throws
 * ends its own connection and no other. When the process has no descriptor
 * left for another connection, the server waits until one is closed, or for a
 * moment, and goes on: the connection stays in the system's queue meanwhile.
 *
 * A shutdown stops listening, which resets connections that nobody has
 * accepted yet; lets the handlers finish for `gracePeriod`; then aborts their
 * signal and closes their connections.
 *
 * Requires no permission.
 *
 * @param listener Where connections come from: a `Deno.Listener` of any kind,
 * or one of our own. The server closes it.
 * @param handler Handles a connection.
 * @param options How many at once, and how to end.
 * @returns The server, which is accepting already.
 * @throws {RangeError} If `maxConnections` is not a whole number from 1, or
 * `gracePeriod` is negative.
 * @see {@link https://man7.org/linux/man-pages/man2/accept.2.html | accept(2)}
 *
 * @example An echo server
 * ```ts
 * import { connectTcp, receiveExactly, sendAll, serveConnections } from "@ipc/socket";
 * import { assertEquals } from "@std/assert";
 *
 * const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
 * await using server = serveConnections(
 *   listener,
 *   (connection) => connection.readable.pipeTo(connection.writable),
 *   { maxConnections: 100 },
 * );
 *
 * using client = await connectTcp({ port: listener.addr.port });
 * await sendAll(client, new TextEncoder().encode("hello"));
 * const echo = new Uint8Array(5);
 * await receiveExactly(client, echo, { timeout: 5000 });
 * assertEquals(new TextDecoder().decode(echo), "hello");
 * assertEquals(server.connections, 1);
 * ```
 */
export function serveConnections<C extends Closable>(
  listener: ConnectionListener<C>,
  handler: ConnectionHandler<C>,
  options: ServeConnectionsOptions = {},
): ConnectionServer {
  const { maxConnections = Infinity, gracePeriod = 5000 } = options;
  const { onError = console.error } = options;
  if (maxConnections !== Infinity) {
    checkInteger(maxConnections, "maxConnections", 1);
  }
  checkTimeout(gracePeriod);
  const server = new ConnectionServer(
    listener,
    handler as ConnectionHandler<Closable>,
    { maxConnections, gracePeriod, onError },
  );
  server.shutdownOn(options.signal);
  return server;
}
