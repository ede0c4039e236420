import { sleepSync } from "@ipc/libc";
import type { WaitOptions } from "@ipc/libc";
import { connectSocket, connectSocketSync } from "@ipc/libc/sockets";
import type { SyncWaitOptions } from "@ipc/libc/streams";
import { findAddresses, findAddressesSync } from "./_address.ts";
import { GiveUp } from "./_give_up.ts";
import { napsBetweenTries, TcpConnector } from "./_tcp_connect.ts";
import type { OpenTcpStreamBaseOptions } from "./_tcp_connect.ts";
import type { TcpStream } from "./tcp_stream.ts";

/** Options of {@linkcode openTcpStream}. */
export interface OpenTcpStreamOptions
  extends OpenTcpStreamBaseOptions, WaitOptions {}

/** Options of {@linkcode openTcpStreamSync}. */
export interface OpenTcpStreamSyncOptions
  extends OpenTcpStreamBaseOptions, SyncWaitOptions {}

/**
 * Connects to a TCP server, by a socket of one's own.
 *
 * `socket(2)`, `connect(2)`, `setsockopt(2)`, and `getaddrinfo(3)` for names.
 *
 * Requires `--allow-ffi`. It is not subject to Deno's own permissions for the
 * network; {@linkcode connectTcp} is.
 *
 * @param options Where to connect, and when to give up.
 * @returns The connection. Close it.
 * @throws {Deno.errors.ConnectionRefused} If nobody listens there.
 * @throws {Deno.errors.NetworkUnreachable} If there is no way there.
 * @throws {Deno.errors.NotFound} If the name is unknown.
 * @throws {Deno.errors.TimedOut} If it takes longer than `timeout`.
 * @throws {Error} With code `EMFILE` if there are too many open descriptors.
 * @throws {RangeError} If the port is not a whole number from 1 to 65,535.
 * @throws {unknown} The signal's reason, if it is aborted. No connection is
 * left.
 * @see {@link https://man7.org/linux/man-pages/man2/connect.2.html | connect(2)}
 *
 * @example Usage
 * ```ts
 * import { openTcpListener, openTcpStream } from "@ipc/socket";
 * import { assertEquals } from "@std/assert";
 *
 * using listener = openTcpListener();
 * const [client, server] = await Promise.all([
 *   openTcpStream({ port: listener.addr.port, timeout: 5000 }),
 *   listener.accept(),
 * ]);
 * await client.write(new TextEncoder().encode("hello"));
 * client.close();
 * assertEquals(await new Response(server.readable).text(), "hello");
 * server.close();
 * ```
 */
export async function openTcpStream(
  options: OpenTcpStreamOptions,
): Promise<TcpStream> {
  const connector = new TcpConnector(options);
  const { hostname, port, action, untilListening } = connector;
  const giveUp = new GiveUp(options, action);
  const addresses = await giveUp.race(findAddresses(hostname, port));
  for (const nap of napsBetweenTries()) {
    let failure: unknown;
    for (const address of addresses) {
      using undo = new DisposableStack();
      const descriptor = undo.use(connector.socketFor(address, true));
      try {
        const connecting = connector.connecting(descriptor, address);
        await connectSocket(connecting, giveUp.options);
        const stream = connector.finish(descriptor);
        undo.move();
        return stream;
      } catch (error) {
        failure = giveUp.explain(error);
        if (giveUp.isDue) break;
      }
    }
    const isRefused = failure instanceof Deno.errors.ConnectionRefused;
    if (!untilListening || !isRefused) throw failure;
    await giveUp.pause(nap);
  }
  throw new Error("Cannot get here: there is no last nap");
}

/**
 * Connects to a TCP server, by a socket of one's own, and blocks the thread
 * until it is done.
 *
 * `socket(2)`, `connect(2)`, `poll(2)`, `setsockopt(2)`, and `getaddrinfo(3)`
 * for names.
 *
 * Requires `--allow-ffi`. It is not subject to Deno's own permissions for the
 * network.
 *
 * @param options Where to connect, and when to give up.
 * @returns The connection. Close it.
 * @throws {Deno.errors.ConnectionRefused} If nobody listens there.
 * @throws {Deno.errors.NetworkUnreachable} If there is no way there.
 * @throws {Deno.errors.NotFound} If the name is unknown.
 * @throws {Deno.errors.TimedOut} If it takes longer than `timeout`; the time
 * that a name takes to be looked up is not limited.
 * @throws {Error} With code `EMFILE` if there are too many open descriptors.
 * @throws {RangeError} If the port is not a whole number from 1 to 65,535.
 * @see {@link https://man7.org/linux/man-pages/man2/connect.2.html | connect(2)}
 *
 * @example Usage
 * ```ts
 * import { openTcpListener, openTcpStreamSync } from "@ipc/socket";
 * import { assertEquals } from "@std/assert";
 *
 * using listener = openTcpListener();
 * using client = openTcpStreamSync({ port: listener.addr.port, timeout: 5000 });
 * assertEquals(client.remoteAddr.port, listener.addr.port);
 * ```
 */
export function openTcpStreamSync(
  options: OpenTcpStreamSyncOptions,
): TcpStream {
  const connector = new TcpConnector(options);
  const { hostname, port, action, untilListening } = connector;
  const giveUp = new GiveUp({ timeout: options.timeout }, action);
  const addresses = findAddressesSync(hostname, port);
  for (const nap of napsBetweenTries()) {
    let failure: unknown;
    for (const address of addresses) {
      using undo = new DisposableStack();
      // One call waits by itself, if it may wait for ever.
      const isLimited = options.timeout !== undefined;
      const descriptor = undo.use(connector.socketFor(address, isLimited));
      try {
        const connecting = connector.connecting(descriptor, address);
        connectSocketSync(connecting, giveUp.options);
        const stream = connector.finish(descriptor);
        undo.move();
        return stream;
      } catch (error) {
        failure = giveUp.explain(error);
        if (giveUp.isDue) break;
      }
    }
    const isRefused = failure instanceof Deno.errors.ConnectionRefused;
    if (!untilListening || !isRefused) throw failure;
    giveUp.throwIfDue();
    sleepSync(nap);
  }
  throw new Error("Cannot get here: there is no last nap");
}
