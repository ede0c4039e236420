import { isCloseOnExec, setCloseOnExec, setNonblocking } from "./fcntl.ts";

/** What a child process can inherit: something with descriptors. */
export interface Inheritable {
  /** The descriptor, if it has one. */
  readonly fd?: number;
  /** The descriptors, if it has several. */
  readonly fds?: readonly number[];
  /** Closes it in this process. */
  close(): void;
  /** Told that its descriptors wait by themselves again, for the child. */
  inherited?(): void;
  /**
   * Whether several processes wait at it at a time, as those do that accept
   * from one queue. It is then left as it is: to set it to wait would stop
   * the event loops of those that have it already.
   *
   * @default {false}
   */
  readonly isShared?: boolean;
}

/** Options of {@linkcode spawnWith}. */
export interface SpawnWithOptions {
  /**
   * Keeps the ends open in this process as well, to hand them to further
   * children. An end of a pipe that is kept by mistake keeps its other side
   * from ever seeing the end.
   *
   * @default {false}
   */
  keep?: boolean;
}

/**
 * Starts a child process that inherits ends of pipes or sockets, under the
 * numbers that they have here, and closes them in this process.
 *
 * `fcntl(2)` with `F_SETFD` and `F_SETFL`.
 *
 * Tell the child the numbers in its arguments or its environment. A shell
 * opens them as `/dev/fd/N`: many know `>&N` for one digit only. Close-on-exec
 * is off for these descriptors only while the child is started, so that no
 * other child gets them; they are set to wait, as most programs expect, unless
 * several processes accept from one queue.
 *
 * Requires `--allow-ffi` and `--allow-run`.
 *
 * @param command The command.
 * @param ends What the child inherits.
 * @param options Whether to keep the ends.
 * @returns The child.
 * @throws {Deno.errors.BadResource} If an end is closed.
 * @throws {Deno.errors.NotFound} If there is no such program; the ends are
 * then still open.
 * @see {@link https://man7.org/linux/man-pages/man2/fcntl.2.html | fcntl(2)}
 *
 * @example Usage
 * ```ts
 * import { pipe, spawnWith } from "@ipc/pipe";
 * import { assertEquals } from "@std/assert";
 *
 * const { reader, writer } = pipe();
 * const echo = ["-c", `echo hello >/dev/fd/${writer.fd}`];
 * const child = spawnWith(new Deno.Command("sh", { args: echo }), [writer]);
 *
 * assertEquals(await new Response(reader.readable).text(), "hello\n");
 * await child.status;
 * ```
 */
export function spawnWith(
  command: Deno.Command,
  ends: Iterable<Inheritable>,
  options: SpawnWithOptions = {},
): Deno.ChildProcess {
  const given = [...ends];
  const fds = given.flatMap(fdsOf);
  const own = given.filter(({ isShared }) => isShared !== true).flatMap(fdsOf);
  const child = inheriting(fds, own, () => command.spawn());
  for (const end of given) end.inherited?.();
  if (options.keep !== true) { for (const end of given) end.close(); }
  return child;
}

function fdsOf({ fd, fds }: Inheritable): readonly number[] {
  return fds ?? [fd ?? -1];
}

/** Calls a function while descriptors are left to programs that it starts. */
function inheriting<T>(
  fds: readonly number[],
  own: readonly number[],
  start: () => T,
): T {
  using restore = new DisposableStack();
  for (const fd of fds) {
    if (fd === -1) {
      throw new Deno.errors.BadResource(
        "Cannot hand a closed end to a child process",
      );
    }
    if (own.includes(fd)) setNonblocking(fd, false);
    if (!isCloseOnExec(fd)) continue;
    setCloseOnExec(fd, false);
    restore.defer(() => setCloseOnExec(fd, true));
  }
  return start();
}
