import { capabilities, checkWait } from "@ipc/libc";
import type { WaitStrategy } from "@ipc/libc";
import {
  AF_UNIX,
  connect,
  setSocketOption,
  SO_PASSCRED,
  SOCK_DGRAM,
  socket,
  SocketDescriptor,
  SOL_SOCKET,
} from "@ipc/libc/sockets";
import { describe, encodePath } from "./_address.ts";
import { bindUnix, connectError } from "./_bind.ts";
import type { BindUnixOptions } from "./_bind.ts";
import { UnixDatagram } from "./unix_datagram.ts";

/** Options of {@linkcode openUnixDatagram}. */
export interface OpenUnixDatagramOptions extends BindUnixOptions {
  /**
   * Connects it: sends without an address go there, and it receives from
   * there alone. A path, or on Linux a NUL and an abstract name.
   *
   * @default {undefined}
   */
  connect?: string | undefined;
  /**
   * Has the system say with each message which process sent it, in what
   * `receiveDescriptors` returns: `SO_PASSCRED`. Linux only.
   *
   * @default {false}
   */
  credentials?: boolean;
  /**
   * How to wait: `"adaptive"` looks again for a moment before it sleeps, as
   * long as that pays; `"block"` sleeps at once.
   *
   * @default {"adaptive"}
   */
  wait?: WaitStrategy;
}

/**
 * Makes a Unix socket for datagrams.
 *
 * `socket(2)`, `bind(2)`, `connect(2)`; `flock(2)` to see whether the path is
 * free, as {@linkcode openUnixListener} does.
 *
 * Bind it where others are to send to, or where answers are to go. Without a
 * path it can send, and gets no answer.
 *
 * Requires `--allow-ffi`. Paths are not subject to Deno's own permissions.
 *
 * @param path Where to bind it: a path, or on Linux a NUL and an abstract
 * name; `null` binds it nowhere.
 * @param options The mode, where to connect it, and how to wait.
 * @returns The socket. Close it.
 * @throws {Deno.errors.AddrInUse} If a process has the socket there, something
 * else than a socket is there, or nobody has it and `reclaim` is false.
 * @throws {Deno.errors.NotFound} If there is no such folder, or no socket to
 * connect to.
 * @throws {Deno.errors.ConnectionRefused} If nobody has the socket to connect
 * to.
 * @throws {Deno.errors.PermissionDenied} If the folder may not be written, or
 * the mode of the socket to connect to forbids it.
 * @throws {RangeError} If a path is longer than `sun_path` holds, 107 bytes on
 * Linux and 103 on macOS, or the mode is not permission bits.
 * @throws {TypeError} If a path is no string, is empty or contains a NUL.
 * @throws {Deno.errors.NotSupported} For an abstract name, or `credentials`,
 * on macOS.
 * @see {@link https://man7.org/linux/man-pages/man7/unix.7.html | unix(7)}
 *
 * @example Usage
 * ```ts
 * import { openUnixDatagram } from "@ipc/unix";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * const path = `${folder}/log`;
 * using log = openUnixDatagram(path);
 * using client = openUnixDatagram(null, { connect: path });
 * client.sendSync(new TextEncoder().encode("hello"));
 * assertEquals(log.receiveSync().message.byteLength, 5);
 * log.close();
 * await Deno.remove(folder);
 * ```
 */
export function openUnixDatagram(
  path: string | null,
  options: OpenUnixDatagramOptions = {},
): UnixDatagram {
  const { connect: peer, credentials = false, wait = "adaptive" } = options;
  checkWait(wait);
  const object = describe(path ?? peer ?? null);
  const action = path === null ? `open ${object}` : `bind ${object}`;
  using undo = new DisposableStack();
  const descriptor = undo.use(
    new SocketDescriptor(socket(AF_UNIX, SOCK_DGRAM)),
  );
  if (credentials) passCredentials(descriptor.fd, action);
  if (peer !== undefined) connectTo(descriptor.fd, peer);
  const bound = path === null
    ? undefined
    : bindUnix(descriptor.fd, path, action, options);
  undo.move();
  return new UnixDatagram(descriptor, {
    wait,
    object,
    remove: () => bound?.remove(),
  });
}

function passCredentials(fd: number, action: string): void {
  if (!capabilities.messageCredentials) {
    throw new Deno.errors.NotSupported(
      `Cannot ${action}: macOS does not say who sent a datagram; leave out ` +
        "credentials, or use a connection, which has peerCredentials",
    );
  }
  setSocketOption(fd, SOL_SOCKET, SO_PASSCRED, 1);
}

function connectTo(fd: number, path: string): void {
  const action = `connect to ${describe(path)}`;
  const number = connect(fd, encodePath(path, action));
  if (number !== 0) throw connectError(number, action);
}
