import { SOCK_SEQPACKET } from "@ipc/libc/sockets";
import { describe } from "./_address.ts";
import { checkSeqpacket } from "./_types.ts";
import { listenAt } from "./open_unix_listener.ts";
import type { OpenUnixListenerOptions } from "./open_unix_listener.ts";
import { UnixSeqpacketListener } from "./unix_seqpacket_listener.ts";

/**
 * Listens for connections that carry whole messages: by a Unix socket of the
 * type seqpacket, which otherwise is as one that {@linkcode openUnixListener}
 * opens. Linux only.
 *
 * `socket(2)`, `bind(2)`, `listen(2)`; `connect(2)` and `flock(2)` to see
 * whether the path is free.
 *
 * Requires `--allow-ffi`. The path is not subject to Deno's own permissions.
 *
 * @param path Where: a path, or a NUL and an abstract name.
 * @param options The mode, who may connect, and how to wait.
 * @returns The listener. Close it.
 * @throws {Deno.errors.AddrInUse} If a process has the socket there, something
 * else than a socket is there, or nobody has it and `reclaim` is false.
 * @throws {Deno.errors.NotFound} If there is no such folder.
 * @throws {Deno.errors.PermissionDenied} If the folder may not be written.
 * @throws {RangeError} If the path is longer than `sun_path` holds, 107 bytes,
 * or the mode is not permission bits.
 * @throws {TypeError} If the path is no string, is empty or contains a NUL.
 * @throws {Deno.errors.Busy} If another process holds the lock for 10 s.
 * @throws {Deno.errors.NotSupported} On macOS, which has no such sockets.
 * @see {@link https://man7.org/linux/man-pages/man7/unix.7.html | unix(7)}
 *
 * @example Usage
 * ```ts
 * import { openUnixSeqpacket, openUnixSeqpacketListener } from "@ipc/unix";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * using listener = openUnixSeqpacketListener(`${folder}/desk`);
 * using client = await openUnixSeqpacket(`${folder}/desk`);
 * using server = listener.acceptSync();
 * await client.send(new TextEncoder().encode("two teas"));
 * assertEquals((await server.receive())?.byteLength, 8);
 * listener.close();
 * await Deno.remove(folder);
 * ```
 */
export function openUnixSeqpacketListener(
  path: string,
  options: OpenUnixListenerOptions = {},
): UnixSeqpacketListener {
  const action = `listen on ${describe(path)}`;
  checkSeqpacket(action);
  return listenAt(
    path,
    options,
    SOCK_SEQPACKET,
    action,
    (fd, parts) => new UnixSeqpacketListener(fd, path, parts),
  );
}
