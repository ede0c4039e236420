import { checkInteger, checkWait, FileDescriptor } from "@ipc/libc";
import type { WaitStrategy } from "@ipc/libc";
import {
  AF_INET6,
  bind,
  IPPROTO_IPV6,
  IPPROTO_TCP,
  IPV6_V6ONLY,
  listen,
  setSocketOption,
  SO_KEEPALIVE,
  SO_REUSEADDR,
  SO_REUSEPORT,
  SOCK_STREAM,
  socket,
  SOL_SOCKET,
  TCP_NODELAY,
} from "@ipc/libc/sockets";
import { familyOf, findAddressesSync } from "./_address.ts";
import { formatHost } from "./_host.ts";
import { TcpListener } from "./tcp_listener.ts";

/** Options of {@linkcode openTcpListener}. */
export interface OpenTcpListenerOptions {
  /**
   * The port; 0 takes a free one, which `addr` tells.
   *
   * @default {0}
   */
  port?: number;
  /**
   * Where to listen: an address of this machine, or its name. `"0.0.0.0"` is
   * every one of IPv4, `"::"` every one of both families.
   *
   * @default {"127.0.0.1"}
   */
  hostname?: string;
  /**
   * How many connections may wait to be accepted. The system has a limit,
   * on Linux `/proc/sys/net/core/somaxconn`.
   *
   * @default {511}
   */
  backlog?: number;
  /**
   * Lets several sockets listen at one port, if all of them ask for it and
   * are of one user: `SO_REUSEPORT`. Linux spreads connections over them;
   * macOS gives them to the one that listened last.
   *
   * @default {false}
   */
  reusePort?: boolean;
  /**
   * With an address of IPv6, takes connections of IPv4, too, whose addresses
   * read `"::ffff:127.0.0.1"`.
   *
   * @default {true}
   */
  dualStack?: boolean;
  /**
   * Has connections send small pieces at once: `TCP_NODELAY`.
   *
   * @default {true}
   */
  noDelay?: boolean;
  /**
   * Has connections find out when the other side is not there any more:
   * `SO_KEEPALIVE`.
   *
   * @default {false}
   */
  keepAlive?: boolean;
  /**
   * How to wait: `"adaptive"` looks again for a moment before it sleeps, as
   * long as that pays; `"block"` sleeps at once.
   *
   * @default {"adaptive"}
   */
  wait?: WaitStrategy;
}

/**
 * Listens for TCP connections, on a socket of one's own.
 *
 * `socket(2)`, `bind(2)`, `listen(2)`, `setsockopt(2)`, and `getaddrinfo(3)`
 * for names.
 *
 * It serves sync servers, those whose children accept with them, and those
 * that share a port. For all others `Deno.listen` will do, whose connections
 * {@linkcode serveConnections} and all functions here take as well. A port can
 * be taken again at once after a server has ended: `SO_REUSEADDR`.
 *
 * Requires `--allow-ffi`. It is not subject to Deno's own permissions for the
 * network.
 *
 * @param options Where to listen.
 * @returns What accepts connections. Close it.
 * @throws {Deno.errors.AddrInUse} If somebody else listens there.
 * @throws {Deno.errors.AddrNotAvailable} If it is no address of this machine.
 * @throws {Deno.errors.PermissionDenied} If the port is below 1024, and kept
 * for the system.
 * @throws {Deno.errors.NotFound} If the name is unknown.
 * @throws {Error} With code `EMFILE` if there are too many open descriptors.
 * @throws {RangeError} If the port is not a whole number up to 65,535, or the
 * backlog not one from 1.
 * @see {@link https://man7.org/linux/man-pages/man2/listen.2.html | listen(2)}
 * @see {@link https://man7.org/linux/man-pages/man7/tcp.7.html | tcp(7)}
 *
 * @example Usage
 * ```ts
 * import { openTcpListener, openTcpStreamSync } from "@ipc/socket";
 * import { assertEquals } from "@std/assert";
 *
 * using listener = openTcpListener({ hostname: "::" });
 * for (const hostname of ["127.0.0.1", "::1"]) {
 *   using client = openTcpStreamSync({ hostname, port: listener.addr.port });
 *   using server = listener.acceptSync();
 *   assertEquals(server.remoteAddr.port, client.localAddr.port);
 * }
 * ```
 */
export function openTcpListener(
  options: OpenTcpListenerOptions = {},
): TcpListener {
  const { hostname = "127.0.0.1", port = 0, backlog = 511 } = options;
  const { reusePort = false, dualStack = true } = options;
  const { noDelay = true, keepAlive = false, wait = "adaptive" } = options;
  checkInteger(backlog, "backlog", 1, 2 ** 31 - 1);
  checkWait(wait);
  const [address] = findAddressesSync(hostname, port);
  const family = familyOf(address!);
  const action = `listen at ${formatHost(hostname, port)}`;

  using undo = new DisposableStack();
  const descriptor = undo.use(new FileDescriptor(socket(family, SOCK_STREAM)));
  const { fd } = descriptor;
  setSocketOption(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  if (reusePort) setSocketOption(fd, SOL_SOCKET, SO_REUSEPORT, 1);
  if (family === AF_INET6) {
    setSocketOption(fd, IPPROTO_IPV6, IPV6_V6ONLY, dualStack ? 0 : 1);
  }
  // What is accepted inherits them, which saves a call for each connection.
  if (noDelay) setSocketOption(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  if (keepAlive) setSocketOption(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  bind(fd, address!, action);
  listen(fd, backlog, action);
  const listener = new TcpListener(descriptor, wait);
  undo.move();
  return listener;
}
