import { checkInteger } from "@ipc/libc";
import type { WaitOptions } from "@ipc/libc";
import { withAction } from "./_deno_error.ts";
import { GiveUp } from "./_give_up.ts";
import { bareHost, formatHost } from "./_host.ts";

/** Options of {@linkcode connectTcp}. */
export interface ConnectTcpOptions extends WaitOptions {
  /** The port of the other side, from 1 to 65,535. */
  port: number;
  /**
   * The other side: an address, or a name that is looked up. Of several
   * addresses the first that answers is taken (RFC 8305).
   *
   * @default {"127.0.0.1"}
   */
  hostname?: string;
  /**
   * Sends small pieces at once instead of collecting them while earlier ones
   * are on their way: `TCP_NODELAY`.
   *
   * @default {true}
   */
  noDelay?: boolean;
  /**
   * Has the system find out, after hours without a word, whether the other
   * side is still there: `SO_KEEPALIVE`.
   *
   * @default {false}
   */
  keepAlive?: boolean;
  /**
   * Tries again while the connection is refused, which is until the other
   * side listens. Set a `timeout` or a `signal` as well.
   *
   * @default {false}
   */
  untilListening?: boolean;
}

/** The times between two tries, in milliseconds. */
const SHORTEST_NAP = 2;
const LONGEST_NAP = 50;

/**
 * Connects to a TCP server, with a time limit, and if wanted waits for the
 * server to listen.
 *
 * `socket(2)`, `connect(2)`, `setsockopt(2)`, by `Deno.connect`.
 *
 * What it returns is a connection of Deno's own, subject to Deno's
 * permissions. For sync calls, a descriptor to hand to a child, or the
 * shortest round trips there is {@linkcode openTcpStream}.
 *
 * A connection to a port of this machine where nobody listens can meet
 * itself, if the system happens to give that port to its own end. That counts
 * as refused.
 *
 * Requires `--allow-net`.
 *
 * @param options Where to connect, and when to give up.
 * @returns The connection. Close it.
 * @throws {Deno.errors.ConnectionRefused} If nobody listens there.
 * @throws {Deno.errors.NetworkUnreachable} If there is no way there.
 * @throws {Deno.errors.TimedOut} If it takes longer than `timeout`.
 * @throws {Error} If the name is unknown, or with code `EMFILE` if there are
 * too many open descriptors.
 * @throws {RangeError} If the port is not a whole number from 1 to 65,535.
 * @throws {Deno.errors.NotCapable} Without permission.
 * @throws {unknown} The signal's reason, if it is aborted. The connection is
 * closed if it is there already.
 * @see {@link https://man7.org/linux/man-pages/man2/connect.2.html | connect(2)}
 *
 * @example A server that may not have started yet
 * ```ts
 * import { connectTcp } from "@ipc/socket";
 * import { assertEquals } from "@std/assert";
 *
 * using server = Deno.listen({ hostname: "127.0.0.1", port: 0 });
 * const { port } = server.addr;
 * const [connection, accepted] = await Promise.all([
 *   connectTcp({ port, untilListening: true, timeout: 5000 }),
 *   server.accept(),
 * ]);
 * await connection.write(new TextEncoder().encode("hello"));
 * connection.close();
 * assertEquals(await new Response(accepted.readable).text(), "hello");
 * ```
 */
export async function connectTcp(
  options: ConnectTcpOptions,
): Promise<Deno.TcpConn> {
  const { port, hostname = "127.0.0.1", untilListening = false } = options;
  const { noDelay = true, keepAlive = false } = options;
  checkInteger(port, "port", 1, 65_535);
  bareHost(hostname);
  const action = `connect to ${formatHost(hostname, port)}`;
  const giveUp = new GiveUp(options, action);
  for (let pause = SHORTEST_NAP;; pause = Math.min(2 * pause, LONGEST_NAP)) {
    try {
      const connection = await giveUp.abortable((signal) =>
        connect({ hostname, port, signal }, action)
      );
      if (noDelay) connection.setNoDelay(true);
      if (keepAlive) connection.setKeepAlive(true);
      return connection;
    } catch (error) {
      const isRefused = error instanceof Deno.errors.ConnectionRefused;
      if (!untilListening || !isRefused) throw error;
    }
    await giveUp.pause(pause);
  }
}

/** One try. */
async function connect(
  options: Deno.ConnectOptions,
  action: string,
): Promise<Deno.TcpConn> {
  let connection: Deno.TcpConn;
  try {
    connection = await Deno.connect(options);
  } catch (error) {
    if (options.signal?.aborted) throw options.signal.reason;
    throw withAction(error, action, "connect");
  }
  const { localAddr, remoteAddr } = connection;
  if (
    localAddr.port === remoteAddr.port &&
    localAddr.hostname === remoteAddr.hostname
  ) {
    connection.close();
    const refused = new Deno.errors.ConnectionRefused(
      "Connection refused: nobody listens, and it met itself",
    );
    Object.assign(refused, { code: "ECONNREFUSED" });
    throw withAction(refused, action, "connect");
  }
  return connection;
}
