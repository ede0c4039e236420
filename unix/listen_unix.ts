import { checkMode, isOsError, lstat } from "@ipc/libc";
import { chmodNoFollow, link, mkdir, rmdir, unlink } from "@ipc/libc/sockets";
import { describe, encodePath, isAbstract, toUnixAddr } from "./_address.ts";
import type { BindUnixOptions } from "./_bind.ts";
import { claimPath, inUseError } from "./_claim.ts";
import { UnixListener } from "./unix_listener.ts";

/**
 * Listens for connections of processes of this machine, by Deno's own
 * sockets: `Deno.listen`, with what everyone adds to it by hand.
 *
 * `bind(2)`, `listen(2)` by `Deno.listen`; `link(2)`, `connect(2)` and
 * `flock(2)` to take the path.
 *
 * The file has its mode from the start, so that nobody else connects in
 * between. The file of a socket that nobody has any more is removed; one that
 * a process has, whether it listens or not, is never taken, also when many
 * start at once: a lock file beside it, `.name.lock`, sees to that, and is
 * removed again. Closing removes the file, if it is still the one that this
 * made, which that of Deno alone does not look at.
 *
 * The socket is made in a folder of its own that nobody else may enter, and
 * linked to its place when it is ready. So tools such as `ss` show the name
 * that it had there. A socket of one's own, which
 * {@linkcode openUnixListener} makes, bears the right name; its connections
 * also say who the other side is, and carry descriptors.
 *
 * Requires `--allow-ffi`, and `--allow-net`, `--allow-read` and
 * `--allow-write`, the last two of which may be limited to the folder.
 *
 * @param path Where: a path, or on Linux a NUL and an abstract name.
 * @param options The mode, and whether to remove what the dead left.
 * @returns The listener. Close it.
 * @throws {Deno.errors.AddrInUse} If a process has the socket there, something
 * else than a socket is there, or nobody has it and `reclaim` is false.
 * @throws {Deno.errors.NotFound} If there is no such folder.
 * @throws {Deno.errors.PermissionDenied} If the folder may not be written.
 * @throws {RangeError} If the path is longer than `sun_path` holds, 107 bytes
 * on Linux and 103 on macOS, as is one of 8 more than the folder has, or the
 * mode is not permission bits.
 * @throws {TypeError} If the path is no string, is empty or contains a NUL.
 * @throws {Deno.errors.Busy} If another process holds the lock for 10 s.
 * @throws {Deno.errors.NotCapable} Without permission.
 * @throws {Deno.errors.NotSupported} For an abstract name on macOS.
 * @see {@link https://man7.org/linux/man-pages/man7/unix.7.html | unix(7)}
 *
 * @example Usage
 * ```ts
 * import { connectUnix, listenUnix } from "@ipc/unix";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * const path = `${folder}/tea`;
 * using listener = listenUnix(path, { mode: 0o660 });
 * using client = await connectUnix(path);
 * using server = await listener.accept();
 *
 * await client.write(new TextEncoder().encode("two teas"));
 * assertEquals(await server.read(new Uint8Array(64)), 8);
 * listener.close();
 * await Deno.remove(folder);
 * ```
 */
export function listenUnix(
  path: string,
  options: BindUnixOptions = {},
): UnixListener {
  const { mode = 0o600, reclaim = true } = options;
  checkMode(mode);
  const action = `listen on ${describe(path)}`;
  encodePath(path, action);
  if (isAbstract(path)) return listenAbstract(path, action);
  return claimPath({
    path,
    action,
    reclaim,
    take: () => listenAside(path, mode, action),
  });
}

function listenAbstract(path: string, action: string): UnixListener {
  try {
    const listener = Deno.listen({ transport: "unix", path });
    return new UnixListener(listener, toUnixAddr(path), undefined);
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    throw inUseError(action, "a process has the name");
  }
}

/** Listens in a folder that nobody else may enter, and then takes the path. */
function listenAside(path: string, mode: number, action: string): UnixListener {
  const parent = path.slice(0, path.lastIndexOf("/") + 1);
  using undo = new DisposableStack();
  using tidy = new DisposableStack();
  const folder = makeFolder(parent, action);
  tidy.defer(() => rmdir(folder));
  const aside = `${folder}/s`;
  const listener = Deno.listen({ transport: "unix", path: aside });
  undo.defer(() => listener.close());
  tidy.defer(() => unlink(aside));
  chmodNoFollow(aside, mode);
  const { ino } = lstat(aside);
  link(aside, path);
  undo.defer(() => unlink(path));
  tidy.dispose();
  undo.move();
  return new UnixListener(listener, toUnixAddr(path), ino);
}

/** Makes a folder with a name that is as short as can be. */
function makeFolder(parent: string, action: string): string {
  for (;;) {
    const name = Math.random().toString(36).slice(2, 6).padEnd(4, "0");
    const folder = `${parent}.${name}`;
    encodePath(`${folder}/s`, action);
    try {
      mkdir(folder, 0o700);
      return folder;
    } catch (error) {
      if (!isOsError(error, "EEXIST")) throw error;
    }
  }
}
