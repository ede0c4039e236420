import { checkWait } from "@ipc/libc";
import type { WaitStrategy } from "@ipc/libc";
import {
  AF_UNIX,
  SocketDescriptor,
  socketpair as createPair,
} from "@ipc/libc/sockets";
import { checkType } from "./_types.ts";
import type { UnixSocketType } from "./_types.ts";
import { UnixDatagram } from "./unix_datagram.ts";
import { UnixSeqpacket } from "./unix_seqpacket.ts";
import { UnixStream } from "./unix_stream.ts";

/** Options of {@linkcode socketpair}. */
export interface SocketpairOptions {
  /**
   * What it carries: `"stream"`, bytes; `"datagram"`, whole messages;
   * `"seqpacket"`, whole messages and an end, on Linux only.
   *
   * @default {"stream"}
   */
  type?: UnixSocketType;
  /**
   * How to wait: `"adaptive"` looks again for a moment before it sleeps, as
   * long as that pays; `"block"` sleeps at once.
   *
   * @default {"adaptive"}
   */
  wait?: WaitStrategy;
}

/** The sockets of each type. */
export interface UnixSockets {
  /** A stream of bytes. */
  stream: UnixStream;
  /** Whole messages. */
  datagram: UnixDatagram;
  /** Whole messages, and an end. */
  seqpacket: UnixSeqpacket;
}

const object = "Unix socket of a pair";

const makers: {
  [T in UnixSocketType]: (
    descriptor: SocketDescriptor,
    wait: WaitStrategy,
  ) => UnixSockets[T];
} = {
  stream: (descriptor, wait) => new UnixStream(descriptor, wait, object),
  datagram: (descriptor, wait) =>
    new UnixDatagram(descriptor, { wait, object }),
  seqpacket: (descriptor, wait) => new UnixSeqpacket(descriptor, wait, object),
};

/**
 * Makes two Unix sockets that are connected to each other: a conversation
 * between this process and a child, on one descriptor each.
 *
 * `socketpair(2)`.
 *
 * Hand one to a child with {@linkcode spawnWith}, and tell it the number of
 * `fd`; the child takes it over with `fromFd`. Both are close-on-exec. The
 * other side sees the end when every copy of this side is closed.
 *
 * Requires `--allow-ffi`.
 *
 * @param options What it carries, and how to wait.
 * @returns Both sides. Close both.
 * @throws {TypeError} If there is no such type.
 * @throws {Deno.errors.NotSupported} For `"seqpacket"` on macOS, and for
 * `"raw"` and `"rdm"`, which Unix sockets do not have.
 * @throws {Error} With code `EMFILE` if there are too many open descriptors.
 * @see {@link https://pubs.opengroup.org/onlinepubs/9799919799/functions/socketpair.html | POSIX}
 * @see {@link https://man7.org/linux/man-pages/man2/socketpair.2.html | socketpair(2)}
 *
 * @example A conversation with a child
 * ```ts
 * import { socketpair, spawnWith } from "@ipc/unix";
 * import { assertEquals } from "@std/assert";
 *
 * const [ours, theirs] = socketpair();
 * const args = ["-c", `tr a-z A-Z <&${theirs.fd} >&${theirs.fd}`];
 * const child = spawnWith(new Deno.Command("bash", { args }), [theirs]);
 *
 * ours.writeSync(new TextEncoder().encode("hello"));
 * ours.closeWrite();
 * assertEquals(await new Response(ours.readable).text(), "HELLO");
 * ours.close();
 * await child.status;
 * ```
 */
export function socketpair<const T extends UnixSocketType = "stream">(
  options: SocketpairOptions & { type?: T } = {},
): [UnixSockets[T], UnixSockets[T]] {
  const { type = "stream" as T, wait = "adaptive" } = options;
  checkWait(wait);
  const number = checkType(type, "create a pair of sockets");
  const make = makers[type];
  const [one, other] = createPair(AF_UNIX, number);
  return [
    make(new SocketDescriptor(one), wait),
    make(new SocketDescriptor(other), wait),
  ];
}
