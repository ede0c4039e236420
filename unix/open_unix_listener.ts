import { checkInteger, checkWait } from "@ipc/libc";
import type { WaitStrategy } from "@ipc/libc";
import {
  AF_UNIX,
  listen,
  SOCK_STREAM,
  socket,
  SocketDescriptor,
} from "@ipc/libc/sockets";
import { describe } from "./_address.ts";
import { bindUnix } from "./_bind.ts";
import type { BindUnixOptions } from "./_bind.ts";
import type { Allow, ListenerParts } from "./_listener.ts";
import { UnixStreamListener } from "./unix_stream_listener.ts";

/** Options of {@linkcode openUnixListener}. */
export interface OpenUnixListenerOptions extends BindUnixOptions {
  /**
   * How many connections may wait to be accepted. The system has a limit,
   * which on Linux is `net.core.somaxconn`.
   *
   * @default {1024}
   */
  backlog?: number;
  /**
   * Who may connect: the numbers of users, or a function that looks at who it
   * is. Others are closed before anybody sees them. Without it, everybody who
   * may write to the socket file.
   *
   * @default {undefined}
   */
  allow?: Allow | undefined;
  /**
   * How to wait: `"adaptive"` looks again for a moment before it sleeps, as
   * long as that pays; `"block"` sleeps at once.
   *
   * @default {"adaptive"}
   */
  wait?: WaitStrategy;
}

/**
 * Listens for connections of processes of this machine, by a socket of one's
 * own.
 *
 * `socket(2)`, `bind(2)`, `listen(2)`; `connect(2)` and `flock(2)` to see
 * whether the path is free.
 *
 * The file has its mode from the start, so that nobody else connects in
 * between. The file of a socket that nobody has any more is removed; one that
 * a process has, whether it listens or not, is never taken, also when many
 * start at once: a lock file beside it, `.name.lock`, sees to that, and is
 * removed again. Closing removes the file, if it is still the one that this
 * made. An abstract name has no file, no mode and no owner: on Linux it goes
 * when the socket goes.
 *
 * Requires `--allow-ffi`. The path is not subject to Deno's own permissions;
 * that of {@linkcode listenUnix} is. The folder has to be writable.
 *
 * @param path Where: a path, or on Linux a NUL and an abstract name.
 * @param options The mode, who may connect, and how to wait.
 * @returns The listener. Close it.
 * @throws {Deno.errors.AddrInUse} If a process has the socket there, something
 * else than a socket is there, or nobody has it and `reclaim` is false.
 * @throws {Deno.errors.NotFound} If there is no such folder.
 * @throws {Deno.errors.PermissionDenied} If the folder may not be written.
 * @throws {RangeError} If the path is longer than `sun_path` holds, 107 bytes
 * on Linux and 103 on macOS, or the mode is not permission bits.
 * @throws {TypeError} If the path is no string, is empty or contains a NUL.
 * @throws {Deno.errors.Busy} If another process holds the lock for 10 s.
 * @throws {Deno.errors.NotSupported} For an abstract name on macOS.
 * @see {@link https://man7.org/linux/man-pages/man7/unix.7.html | unix(7)}
 *
 * @example Usage
 * ```ts
 * import { openUnixListener, openUnixStream } from "@ipc/unix";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * const path = `${folder}/orders`;
 * using listener = openUnixListener(path, { mode: 0o660 });
 * assertEquals((await Deno.stat(path)).mode! & 0o777, 0o660);
 *
 * using _client = await openUnixStream(path);
 * for await (using order of listener) {
 *   assertEquals(order.peerCredentials.pid, Deno.pid);
 *   break;
 * }
 * listener.close();
 * await Deno.remove(folder);
 * ```
 */
export function openUnixListener(
  path: string,
  options: OpenUnixListenerOptions = {},
): UnixStreamListener {
  const action = `listen on ${describe(path)}`;
  return listenAt(
    path,
    options,
    SOCK_STREAM,
    action,
    (fd, parts) => new UnixStreamListener(fd, path, parts),
  );
}

/**
 * Makes a socket that listens.
 *
 * @param path Where.
 * @param options How.
 * @param type The type of the socket.
 * @param action What this is for, after "Cannot".
 * @param make Makes the listener.
 * @returns The listener.
 */
export function listenAt<L>(
  path: string,
  options: OpenUnixListenerOptions,
  type: number,
  action: string,
  make: (fd: number, parts: ListenerParts) => L,
): L {
  const { backlog = 1024, allow, wait = "adaptive" } = options;
  checkWait(wait);
  checkInteger(backlog, "backlog", 0, 2 ** 31 - 1);
  checkAllow(allow);
  using undo = new DisposableStack();
  const { fd } = undo.use(new SocketDescriptor(socket(AF_UNIX, type)));
  const { remove } = bindUnix(
    fd,
    path,
    action,
    options,
    () => listen(fd, backlog, action),
  );
  undo.move();
  return make(fd, { wait, allow, remove });
}

function checkAllow(allow: Allow | undefined): void {
  if (allow === undefined || typeof allow === "function") return;
  if (!Array.isArray(allow)) {
    throw new TypeError(
      `Cannot use allow: expected an array of user numbers or a function, ` +
        `got ${typeof allow}`,
    );
  }
  for (const uid of allow) checkInteger(uid, "user number", 0, 2 ** 32 - 1);
}
