/** What connecting by own sockets has in common, sync or async. */

import {
  checkInteger,
  checkWait,
  Errno,
  FileDescriptor,
  osError,
} from "@ipc/libc";
import type { WaitStrategy } from "@ipc/libc";
import {
  IPPROTO_TCP,
  setSocketOption,
  SO_KEEPALIVE,
  SOCK_STREAM,
  socket,
  SOL_SOCKET,
  TCP_NODELAY,
} from "@ipc/libc/sockets";
import type { Connecting, SocketAddress } from "@ipc/libc/sockets";
import { familyOf } from "./_address.ts";
import { bareHost, formatHost } from "./_host.ts";
import { TcpStream } from "./tcp_stream.ts";

/** What {@linkcode openTcpStream} and its sync form have in common. */
export interface OpenTcpStreamBaseOptions {
  /** The port of the other side, from 1 to 65,535. */
  port: number;
  /**
   * The other side: an address, or a name that is looked up. Of several
   * addresses the first that answers is taken.
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
   * side listens. Set a `timeout` as well.
   *
   * @default {false}
   */
  untilListening?: boolean;
  /**
   * How to wait: `"adaptive"` looks again for a moment before it sleeps, as
   * long as that pays; `"block"` sleeps at once.
   *
   * @default {"adaptive"}
   */
  wait?: WaitStrategy;
}

/** The times between two tries, in milliseconds. */
const SHORTEST_NAP = 2;
const LONGEST_NAP = 50;

/** The times between tries to connect to whom does not listen yet. */
export function* napsBetweenTries(): Generator<number, never, void> {
  for (let nap = SHORTEST_NAP;; nap = Math.min(2 * nap, LONGEST_NAP)) yield nap;
}

/** A connection that is to be made. */
export class TcpConnector {
  /** The host. */
  readonly hostname: string;
  /** The port. */
  readonly port: number;
  /** What is done, after "Cannot". */
  readonly action: string;
  /** Whether to try again when it is refused. */
  readonly untilListening: boolean;
  readonly #options: OpenTcpStreamBaseOptions;
  readonly #wait: WaitStrategy;

  /** Checks what a caller passed. */
  constructor(options: OpenTcpStreamBaseOptions) {
    const { port, hostname = "127.0.0.1", untilListening = false } = options;
    this.hostname = bareHost(hostname);
    this.port = checkInteger(port, "port", 1, 65_535);
    this.action = `connect to ${formatHost(hostname, port)}`;
    this.untilListening = untilListening;
    this.#options = options;
    this.#wait = checkWait(options.wait ?? "adaptive");
  }

  /** Makes a socket for an address, which waits by itself or does not. */
  socketFor(address: SocketAddress, nonblocking: boolean): FileDescriptor {
    return new FileDescriptor(
      socket(familyOf(address), SOCK_STREAM, 0, { nonblocking }),
    );
  }

  /** What to connect. */
  connecting(descriptor: FileDescriptor, address: SocketAddress): Connecting {
    return {
      fd: descriptor.fd,
      address,
      action: this.action,
      fail: (number) => osError(number, "connect", this.action),
    };
  }

  /** Makes the stream of a socket that is connected. */
  finish(descriptor: FileDescriptor): TcpStream {
    const { noDelay = true, keepAlive = false } = this.#options;
    const { fd } = descriptor;
    if (noDelay) setSocketOption(fd, IPPROTO_TCP, TCP_NODELAY, 1);
    if (keepAlive) setSocketOption(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
    const stream = new TcpStream(descriptor, this.#wait);
    if (stream.isItself) {
      throw osError(
        Errno.ECONNREFUSED,
        "connect",
        this.action,
        "nobody listens, and it met itself",
      );
    }
    return stream;
  }
}
