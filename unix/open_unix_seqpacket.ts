import { SOCK_SEQPACKET } from "@ipc/libc/sockets";
import { describe } from "./_address.ts";
import { connectAt, connectAtSync } from "./_connect.ts";
import type { OpenUnixOptions, OpenUnixSyncOptions } from "./_connect.ts";
import type { WaitStrategy } from "@ipc/libc";
import type { SocketDescriptor } from "@ipc/libc/sockets";
import { checkSeqpacket } from "./_types.ts";
import { UnixSeqpacket } from "./unix_seqpacket.ts";

/**
 * Connects to a process of this machine by a Unix socket that carries whole
 * messages, of the type seqpacket. Linux only.
 *
 * `socket(2)`, `connect(2)`.
 *
 * It waits only if so many connections wait to be accepted that the system
 * keeps no more.
 *
 * Requires `--allow-ffi`. The path is not subject to Deno's own permissions.
 *
 * @param path Where the other side listens: a path, or on Linux a NUL and an
 * abstract name.
 * @param options When to give up.
 * @returns The connection. Close it.
 * @throws {Deno.errors.NotFound} If there is no such socket.
 * @throws {Deno.errors.ConnectionRefused} If nobody listens there.
 * @throws {Deno.errors.PermissionDenied} If its mode forbids it.
 * @throws {Deno.errors.TimedOut} If it takes longer than `timeout`.
 * @throws {RangeError} If the path is longer than `sun_path` holds: 107 bytes.
 * @throws {TypeError} If the path is no string, is empty or contains a NUL.
 * @throws {Error} With code `EPROTOTYPE` if the socket there is of another
 * type, and with `EMFILE` if there are too many open descriptors.
 * @throws {Deno.errors.NotSupported} On macOS, which has no such sockets.
 * @throws {unknown} The signal's reason, if it is aborted.
 * @see {@link https://man7.org/linux/man-pages/man7/unix.7.html | unix(7)}
 *
 * @example Usage
 * ```ts
 * import { openUnixSeqpacketListener, openUnixSeqpacket } from "@ipc/unix";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * using listener = openUnixSeqpacketListener(`${folder}/echo`);
 * using stream = await openUnixSeqpacket(`${folder}/echo`, { timeout: 1000 });
 * assertEquals(stream.peerCredentials.uid, Deno.uid());
 * listener.close();
 * await Deno.remove(folder);
 * ```
 */
export async function openUnixSeqpacket(
  path: string,
  options: OpenUnixOptions = {},
): Promise<UnixSeqpacket> {
  checkSeqpacket(`connect to ${describe(path)}`);
  return await connectAt(path, SOCK_SEQPACKET, options, adopt);
}

/**
 * Connects as {@linkcode openUnixSeqpacket} does, and blocks the thread while it
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
 * @throws {Deno.errors.NotSupported} On macOS, which has no such sockets.
 * @see {@link https://man7.org/linux/man-pages/man7/unix.7.html | unix(7)}
 *
 * @example Usage
 * ```ts
 * import { openUnixSeqpacketListener, openUnixSeqpacketSync } from "@ipc/unix";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * using listener = openUnixSeqpacketListener(`${folder}/echo`);
 * using client = openUnixSeqpacketSync(`${folder}/echo`);
 * using server = listener.acceptSync();
 * server.sendSync(Uint8Array.of(1));
 * assertEquals(client.receiveSync(), Uint8Array.of(1));
 * listener.close();
 * await Deno.remove(folder);
 * ```
 */
export function openUnixSeqpacketSync(
  path: string,
  options: OpenUnixSyncOptions = {},
): UnixSeqpacket {
  checkSeqpacket(`connect to ${describe(path)}`);
  return connectAtSync(path, SOCK_SEQPACKET, options, adopt);
}

function adopt(
  descriptor: SocketDescriptor,
  wait: WaitStrategy,
  object: string,
): UnixSeqpacket {
  return new UnixSeqpacket(descriptor, wait, object);
}
