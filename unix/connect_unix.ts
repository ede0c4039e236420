import {
  checkTimeout,
  deadlineAfter,
  isOsError,
  nap,
  timedOut,
} from "@ipc/libc";
import type { WaitOptions } from "@ipc/libc";
import { describe, encodePath } from "./_address.ts";
import { connectError } from "./_bind.ts";

/** Options of {@linkcode connectUnix}. */
export interface ConnectUnixOptions extends WaitOptions {
  /**
   * Tries again while there is no socket or nobody listens, which is until
   * the server has started. Set a `timeout` or a `signal` as well.
   *
   * @default {false}
   */
  untilListening?: boolean;
}

/** The times between two tries, in milliseconds. */
const SHORTEST_NAP = 2;
const LONGEST_NAP = 50;

/**
 * Connects to a process of this machine, by Deno's own sockets: `Deno.connect`
 * with a time limit, and if wanted it waits for the server to listen.
 *
 * `socket(2)`, `connect(2)`, by `Deno.connect`.
 *
 * Where so many connections wait to be accepted that the system keeps no
 * more, it tries again until there is room.
 *
 * Requires `--allow-net`, `--allow-read` and `--allow-write`, which may be
 * limited to the path.
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
 * @throws {Deno.errors.NotCapable} Without permission.
 * @throws {unknown} The signal's reason, if it is aborted. The connection is
 * closed if it is there already.
 * @see {@link https://man7.org/linux/man-pages/man2/connect.2.html | connect(2)}
 *
 * @example A server that may not have started yet
 * ```ts
 * import { connectUnix, listenUnix } from "@ipc/unix";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * const path = `${folder}/tea`;
 * const connecting = connectUnix(path, { untilListening: true, timeout: 5000 });
 * using listener = listenUnix(path);
 * using client = await connecting;
 * assertEquals(client.remoteAddr.transport, "unix");
 * listener.close();
 * await Deno.remove(folder);
 * ```
 */
export async function connectUnix(
  path: string,
  options: ConnectUnixOptions = {},
): Promise<Deno.UnixConn> {
  const { signal, untilListening = false } = options;
  signal?.throwIfAborted();
  const timeout = checkTimeout(options.timeout);
  const deadline = deadlineAfter(timeout);
  const action = `connect to ${describe(path)}`;
  encodePath(path, action);
  for (let pause = SHORTEST_NAP;; pause = Math.min(2 * pause, LONGEST_NAP)) {
    try {
      const connection = await Deno.connect({ transport: "unix", path });
      if (!signal?.aborted) return connection;
      connection.close();
    } catch (error) {
      if (!isWorthAnotherTry(error, untilListening)) throw named(error, action);
    }
    signal?.throwIfAborted();
    const left = deadline - performance.now();
    if (left <= 0) throw timedOut(action, timeout);
    await nap(Math.min(pause, left), signal);
  }
}

function isWorthAnotherTry(error: unknown, untilListening: boolean): boolean {
  // The queue of the server is full: only a try tells when it is not.
  if (error instanceof Deno.errors.WouldBlock) return true;
  return untilListening && (
    error instanceof Deno.errors.NotFound ||
    error instanceof Deno.errors.ConnectionRefused
  );
}

/** The same error, saying where. */
function named(error: unknown, action: string): unknown {
  const number = osErrorNumber(error);
  return number === undefined ? error : connectError(number, action);
}

/** The error number that Deno has put into the message. */
function osErrorNumber(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  if (isOsError(error)) return error.errno;
  const [, number] = /\(os error (\d+)\)/.exec(error.message) ?? [];
  return number === undefined ? undefined : Number(number);
}
