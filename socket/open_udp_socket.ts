import { checkWait, FileDescriptor } from "@ipc/libc";
import type { WaitStrategy } from "@ipc/libc";
import {
  AF_INET6,
  bind,
  IPPROTO_IPV6,
  IPV6_V6ONLY,
  setSocketOption,
  SO_BROADCAST,
  SO_REUSEADDR,
  SO_REUSEPORT,
  SOCK_DGRAM,
  socket,
  SOL_SOCKET,
} from "@ipc/libc/sockets";
import { familyOf, findAddressesSync } from "./_address.ts";
import { formatHost } from "./_host.ts";
import { UdpSocket } from "./udp_socket.ts";

/** Options of {@linkcode openUdpSocket}. */
export interface OpenUdpSocketOptions {
  /**
   * The port; 0 takes a free one, which `localAddr` tells.
   *
   * @default {0}
   */
  port?: number;
  /**
   * The address of this machine to send from and receive at, or its name.
   * `"0.0.0.0"` is every one of IPv4, `"::"` every one of both families. The
   * family of the socket is that of the address.
   *
   * @default {"127.0.0.1"}
   */
  hostname?: string;
  /**
   * Lets several sockets have the port, if all of them ask for it. Each gets
   * what is sent to a group or to all; of other messages, one of them gets
   * each: `SO_REUSEADDR`.
   *
   * @default {false}
   */
  reuseAddress?: boolean;
  /**
   * Lets several sockets of one user have the port, if all of them ask for
   * it, and spreads senders over them on Linux: `SO_REUSEPORT`.
   *
   * @default {false}
   */
  reusePort?: boolean;
  /**
   * With an address of IPv6, sends to and receives from IPv4, too, whose
   * addresses read `"::ffff:127.0.0.1"`.
   *
   * @default {true}
   */
  dualStack?: boolean;
  /**
   * Allows to send to all of a network.
   *
   * @default {false}
   */
  broadcast?: boolean;
  /**
   * How to wait: `"adaptive"` looks again for a moment before it sleeps, as
   * long as that pays; `"block"` sleeps at once.
   *
   * @default {"adaptive"}
   */
  wait?: WaitStrategy;
}

/**
 * Opens a UDP socket, for messages to and from anybody.
 *
 * `socket(2)`, `bind(2)`, `setsockopt(2)`, and `getaddrinfo(3)` for names.
 *
 * For messages that must not be lost there are Unix sockets, message queues,
 * or TCP with a size before each.
 *
 * Requires `--allow-ffi`. It is not subject to Deno's own permissions for the
 * network.
 *
 * @param options Its address.
 * @returns The socket. Close it.
 * @throws {Deno.errors.AddrInUse} If another socket has the port.
 * @throws {Deno.errors.AddrNotAvailable} If it is no address of this machine.
 * @throws {Deno.errors.PermissionDenied} If the port is below 1024, and kept
 * for the system.
 * @throws {Deno.errors.NotFound} If the name is unknown.
 * @throws {Error} With code `EMFILE` if there are too many open descriptors.
 * @throws {RangeError} If the port is not a whole number up to 65,535.
 * @see {@link https://man7.org/linux/man-pages/man7/udp.7.html | udp(7)}
 *
 * @example A group of receivers on this machine
 * ```ts
 * import { openUdpSocket } from "@ipc/socket";
 * import { assertEquals } from "@std/assert";
 *
 * const group = "239.1.2.3";
 * const via = { interface: "127.0.0.1" };
 * using first = openUdpSocket({ hostname: group, reuseAddress: true });
 * const { port } = first.localAddr;
 * using second = openUdpSocket({ hostname: group, port, reuseAddress: true });
 * first.joinMulticast(group, via);
 * second.joinMulticast(group, via);
 *
 * using sender = openUdpSocket();
 * sender.setMulticastInterface("127.0.0.1");
 * sender.sendSync(Uint8Array.of(42), { to: { hostname: group, port } });
 * for (const receiver of [first, second]) {
 *   assertEquals(receiver.receiveSync({ timeout: 5000 }).message[0], 42);
 * }
 * ```
 */
export function openUdpSocket(options: OpenUdpSocketOptions = {}): UdpSocket {
  const { hostname = "127.0.0.1", port = 0, wait = "adaptive" } = options;
  const { reuseAddress = false, reusePort = false } = options;
  const { dualStack = true, broadcast = false } = options;
  checkWait(wait);
  const [address] = findAddressesSync(hostname, port);
  const family = familyOf(address!);
  const action = `open a UDP socket at ${formatHost(hostname, port)}`;

  using undo = new DisposableStack();
  const descriptor = undo.use(new FileDescriptor(socket(family, SOCK_DGRAM)));
  const { fd } = descriptor;
  if (reuseAddress) setSocketOption(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  if (reusePort) setSocketOption(fd, SOL_SOCKET, SO_REUSEPORT, 1);
  if (broadcast) setSocketOption(fd, SOL_SOCKET, SO_BROADCAST, 1);
  if (family === AF_INET6) {
    setSocketOption(fd, IPPROTO_IPV6, IPV6_V6ONLY, dualStack ? 0 : 1);
  }
  bind(fd, address!, action);
  const opened = new UdpSocket(descriptor, wait);
  undo.move();
  return opened;
}
