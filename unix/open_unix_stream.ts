import { SOCK_STREAM } from "@ipc/libc/sockets";
import { connectAt, connectAtSync } from "./_connect.ts";
import type { OpenUnixOptions, OpenUnixSyncOptions } from "./_connect.ts";
import type { WaitStrategy } from "@ipc/libc";
import type { SocketDescriptor } from "@ipc/libc/sockets";
import { UnixStream } from "./unix_stream.ts";

/**
 * Connects to a process of this machine, by a socket of one's own, which can
 * carry descriptors and says who the other side is.
 *
 * `socket(2)`, `connect(2)`.
 *
 * It waits only if so many connections wait to be accepted that the system
 * keeps no more.
 *
 * Requires `--allow-ffi`. The path is not subject to Deno's own permissions;
 * that of {@linkcode connectUnix} is.
 *
 * @param path Where the other side listens: a path, or on Linux a NUL and an
 * abstract name.
 * @param options When to give up.
 * @returns The connection. Close it.
 * @throws {Deno.errors.NotFound} If there is no such socket.
 * @throws {Deno.errors.ConnectionRefused} If nobody listens there.
 * @throws {Deno.errors.PermissionDenied} If its mode forbids it.
 * @throws {Deno.errors.TimedOut} If it takes longer than `timeout`.
 * @throws {RangeError} If the path is longer than `sun_path` holds: 107 bytes
 * on Linux, 103 on macOS.
 * @throws {TypeError} If the path is no string, is empty or contains a NUL.
 * @throws {Error} With code `EPROTOTYPE` if the socket there is of another
 * type, and with `EMFILE` if there are too many open descriptors.
 * @throws {Deno.errors.NotSupported} For an abstract name on macOS.
 * @throws {unknown} The signal's reason, if it is aborted.
 * @see {@link https://man7.org/linux/man-pages/man7/unix.7.html | unix(7)}
 *
 * @example Usage
 * ```ts
 * import { openUnixListener, openUnixStream } from "@ipc/unix";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * using listener = openUnixListener(`${folder}/echo`);
 * using stream = await openUnixStream(`${folder}/echo`, { timeout: 1000 });
 * assertEquals(stream.peerCredentials.uid, Deno.uid());
 * listener.close();
 * await Deno.remove(folder);
 * ```
 */
export function openUnixStream(
  path: string,
  options: OpenUnixOptions = {},
): Promise<UnixStream> {
  return connectAt(path, SOCK_STREAM, options, adopt);
}

/**
 * Connects as {@linkcode openUnixStream} does, and blocks the thread while it
 * waits.
 *
 * `socket(2)`, `connect(2)`, `poll(2)`.
 *
 * Requires `--allow-ffi`.
 *
 * @param path Where the other side listens: a path, or on Linux a NUL and an
 * abstract name.
 * @param options When to give up.
 * @returns The connection. Close it.
 * @throws {Deno.errors.NotFound} If there is no such socket.
 * @throws {Deno.errors.ConnectionRefused} If nobody listens there.
 * @throws {Deno.errors.PermissionDenied} If its mode forbids it.
 * @throws {Deno.errors.TimedOut} If it takes longer than `timeout`.
 * @throws {RangeError} If the path is longer than `sun_path` holds.
 * @throws {TypeError} If the path is no string, is empty or contains a NUL.
 * @throws {Error} With code `EPROTOTYPE` if the socket there is of another
 * type, and with `EMFILE` if there are too many open descriptors.
 * @throws {Deno.errors.NotSupported} For an abstract name on macOS.
 * @see {@link https://man7.org/linux/man-pages/man7/unix.7.html | unix(7)}
 *
 * @example Usage
 * ```ts
 * import { openUnixListener, openUnixStreamSync } from "@ipc/unix";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * using listener = openUnixListener(`${folder}/echo`);
 * using client = openUnixStreamSync(`${folder}/echo`);
 * using server = listener.acceptSync();
 * server.writeSync(Uint8Array.of(1));
 * assertEquals(client.readSync(new Uint8Array(8)), 1);
 * listener.close();
 * await Deno.remove(folder);
 * ```
 */
export function openUnixStreamSync(
  path: string,
  options: OpenUnixSyncOptions = {},
): UnixStream {
  return connectAtSync(path, SOCK_STREAM, options, adopt);
}

function adopt(
  descriptor: SocketDescriptor,
  wait: WaitStrategy,
  object: string,
): UnixStream {
  return new UnixStream(descriptor, wait, object);
}
