import { checkWait, descriptorFromEnv } from "@ipc/libc";
import { socketName } from "@ipc/libc/sockets";
import { decodePath, describe, toUnixAddr } from "./_address.ts";
import { checkUnixSocket } from "./_adopt.ts";
import { UnixSocketListener } from "./_listener.ts";
import type { SocketDescriptor } from "@ipc/libc/sockets";
import type { WaitStrategy } from "@ipc/libc";
import { UnixSeqpacket } from "./unix_seqpacket.ts";
import type { UnixFromFdOptions } from "./unix_stream.ts";

/**
 * A Unix socket of the type seqpacket that listens for connections, which
 * carry whole messages. Linux only.
 *
 * @see {@link https://man7.org/linux/man-pages/man7/unix.7.html | unix(7)}
 *
 * @example Usage
 * ```ts
 * import { openUnixSeqpacket, openUnixSeqpacketListener } from "@ipc/unix";
 * import { assertEquals } from "@std/assert";
 *
 * const name = `\0desk-${crypto.randomUUID()}`;
 * using listener = openUnixSeqpacketListener(name);
 * using client = await openUnixSeqpacket(name);
 * using server = await listener.accept({ timeout: 1000 });
 * assertEquals(server.peerCredentials.pid, client.peerCredentials.pid);
 * ```
 */
export class UnixSeqpacketListener extends UnixSocketListener<UnixSeqpacket> {
  /**
   * Takes over the descriptor of a socket that listens, such as one that this
   * process inherited. Closing it leaves the file of the socket.
   *
   * `getsockopt(2)`, `getsockname(2)`.
   *
   * Requires `--allow-ffi`.
   *
   * @param fd The descriptor. It belongs to the object from now on; if this
   * throws, it is still the caller's.
   * @param options How to wait.
   * @returns The listener.
   * @throws {TypeError} If it is a socket of another kind, or does not listen.
   * @throws {Deno.errors.BadResource} If there is no such descriptor.
   * @throws {Error} With code `ENOTSOCK` if it is no socket.
   */
  static fromFd(
    fd: number,
    options: UnixFromFdOptions = {},
  ): UnixSeqpacketListener {
    const wait = checkWait(options.wait ?? "adaptive");
    checkUnixSocket(fd, "seqpacket", true);
    const path = decodePath(socketName(fd));
    return new UnixSeqpacketListener(fd, path, { wait, remove() {} });
  }

  /**
   * Takes over the descriptor whose number an environment variable has.
   *
   * Requires `--allow-ffi` and `--allow-env`.
   *
   * @param variable The name of the variable.
   * @param options How to wait.
   * @returns The listener.
   * @throws {TypeError} If there is no number, or it is that of no listener.
   */
  static fromEnv(
    variable: string,
    options?: UnixFromFdOptions,
  ): UnixSeqpacketListener {
    return UnixSeqpacketListener.fromFd(descriptorFromEnv(variable), options);
  }

  /** Where it listens. */
  get addr(): Deno.UnixAddr {
    return toUnixAddr(this.path);
  }

  /** @ignore */
  protected override adopt(
    descriptor: SocketDescriptor,
    wait: WaitStrategy,
  ): UnixSeqpacket {
    return new UnixSeqpacket(descriptor, wait, describe(this.path));
  }
}
