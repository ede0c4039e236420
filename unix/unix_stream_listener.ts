import { checkWait, descriptorFromEnv } from "@ipc/libc";
import { socketName } from "@ipc/libc/sockets";
import { decodePath, describe, toUnixAddr } from "./_address.ts";
import { checkUnixSocket } from "./_adopt.ts";
import { UnixSocketListener } from "./_listener.ts";
import type { SocketDescriptor } from "@ipc/libc/sockets";
import type { WaitStrategy } from "@ipc/libc";
import { UnixStream } from "./unix_stream.ts";
import type { UnixFromFdOptions } from "./unix_stream.ts";

/**
 * A Unix socket that listens for connections, on a descriptor of its own.
 *
 * It does what a `Deno.UnixListener` does, and more: its connections know who
 * the other side is and carry descriptors; it accepts without the event loop;
 * it can be handed to child processes, which then accept from the same queue.
 * `serveConnections` of `@ipc/socket` takes it.
 *
 * @see {@link https://man7.org/linux/man-pages/man7/unix.7.html | unix(7)}
 *
 * @example Only for processes of the same user
 * ```ts
 * import { openUnixListener, openUnixStream } from "@ipc/unix";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * const allow = [Deno.uid()!];
 * using listener = openUnixListener(`${folder}/mine`, { allow });
 * using _client = await openUnixStream(`${folder}/mine`);
 * using server = await listener.accept({ timeout: 1000 });
 * assertEquals(server.peerCredentials.uid, Deno.uid());
 * listener.close();
 * await Deno.remove(folder);
 * ```
 */
export class UnixStreamListener extends UnixSocketListener<UnixStream> {
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
  ): UnixStreamListener {
    const wait = checkWait(options.wait ?? "adaptive");
    checkUnixSocket(fd, "stream", true);
    const path = decodePath(socketName(fd));
    return new UnixStreamListener(fd, path, { wait, remove() {} });
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
  ): UnixStreamListener {
    return UnixStreamListener.fromFd(descriptorFromEnv(variable), options);
  }

  /** Where it listens. */
  get addr(): Deno.UnixAddr {
    return toUnixAddr(this.path);
  }

  /** @ignore */
  protected override adopt(
    descriptor: SocketDescriptor,
    wait: WaitStrategy,
  ): UnixStream {
    return new UnixStream(descriptor, wait, describe(this.path));
  }
}
