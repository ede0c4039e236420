import { fstat, S_IFMT, setCloseOnExec } from "@ipc/libc";
import {
  AF_INET,
  AF_INET6,
  AF_UNIX,
  S_IFSOCK,
  SO_TYPE,
  socketFamily,
  socketOption,
  SOL_SOCKET,
} from "@ipc/libc/sockets";
import { doesListen } from "./_adopt.ts";
import { typeName } from "./_types.ts";
import type { UnixSocketType } from "./_types.ts";

/** The first descriptor that is passed: `SD_LISTEN_FDS_START`. */
const FIRST = 3;
/** More than any manager passes. */
const MOST = 65_536;

/** A descriptor that the service manager opened for this process. */
export interface ListenFd {
  /** The descriptor. It belongs to the caller. */
  readonly fd: number;
  /** What the manager calls it; `"unknown"` if it does not say. */
  readonly name: string;
  /** The family of the socket; `null` if it is none, such as a FIFO. */
  readonly family: "unix" | "inet" | "inet6" | "other" | null;
  /** The type of the socket, or its number; `null` if it is none. */
  readonly type: UnixSocketType | number | null;
  /** Whether it listens for connections. */
  readonly listens: boolean;
}

/** Options of {@linkcode listenFds}. */
export interface ListenFdsOptions {
  /**
   * Leaves the variables in the environment, so that a later call finds them
   * again. Processes that this one starts see them too, and know by the
   * process number that they are not meant.
   *
   * @default {false}
   */
  keepEnv?: boolean;
}

/**
 * The sockets that a service manager, such as systemd, opened and left to
 * this process: socket activation. There are none if this process was not
 * started so.
 *
 * `LISTEN_FDS`, `LISTEN_PID` and `LISTEN_FDNAMES`, as
 * `sd_listen_fds_with_names(3)`; `fcntl(2)` to make them close-on-exec,
 * `getsockopt(2)`.
 *
 * Give each to the class of its kind: `UnixStreamListener.fromFd(fd)` for one
 * of family `"unix"` and type `"stream"` that listens, `UnixDatagram.fromFd`
 * for datagrams, `TcpListener.fromFd` of `@ipc/socket` for the Internet.
 *
 * Requires `--allow-ffi` and `--allow-env`.
 *
 * @param options Whether the variables stay in the environment.
 * @returns The descriptors, in the order of the manager's configuration.
 * @throws {TypeError} If the variables are no numbers.
 * @throws {Deno.errors.BadResource} If one of the descriptors is not open.
 * @see {@link https://www.freedesktop.org/software/systemd/man/latest/sd_listen_fds.html | sd_listen_fds(3)}
 *
 * @example Usage
 * ```ts
 * import { listenFds, openUnixListener, UnixStreamListener } from "@ipc/unix";
 * import { assertEquals } from "@std/assert";
 *
 * const [given] = listenFds();
 * const folder = await Deno.makeTempDir();
 * using listener = given === undefined
 *   ? openUnixListener(`${folder}/tea`) // started by hand
 *   : UnixStreamListener.fromFd(given.fd);
 * assertEquals(listener.path, `${folder}/tea`);
 * listener.close();
 * await Deno.remove(folder);
 * ```
 */
export function listenFds(options: ListenFdsOptions = {}): ListenFd[] {
  const { keepEnv = false } = options;
  const pid = Deno.env.get("LISTEN_PID");
  const count = Deno.env.get("LISTEN_FDS");
  const names = Deno.env.get("LISTEN_FDNAMES")?.split(":") ?? [];
  if (!keepEnv) {
    for (const name of ["PID", "FDS", "FDNAMES"]) {
      Deno.env.delete(`LISTEN_${name}`);
    }
  }
  // The variables of a parent are not meant for its children.
  if (pid === undefined || count === undefined) return [];
  if (toNumber("LISTEN_PID", pid) !== Deno.pid) return [];
  const length = toNumber("LISTEN_FDS", count);
  return Array.from(
    { length },
    (_, index) => describeFd(FIRST + index, names[index] ?? "unknown"),
  );
}

function toNumber(variable: string, text: string): number {
  if (/^\d+$/.test(text)) {
    const number = Number(text);
    if (variable === "LISTEN_PID" || number <= MOST) return number;
  }
  throw new TypeError(
    `Cannot take descriptors from the service manager: ${variable} is ` +
      JSON.stringify(text),
  );
}

const families = new Map<number, ListenFd["family"]>([
  [AF_UNIX, "unix"],
  [AF_INET, "inet"],
  [AF_INET6, "inet6"],
]);

function describeFd(fd: number, name: string): ListenFd {
  const { mode } = fstat(fd);
  setCloseOnExec(fd, true);
  if ((mode & S_IFMT) !== S_IFSOCK) {
    return { fd, name, family: null, type: null, listens: false };
  }
  return {
    fd,
    name,
    family: families.get(socketFamily(fd)) ?? "other",
    type: typeName(socketOption(fd, SOL_SOCKET, SO_TYPE)),
    listens: doesListen(fd),
  };
}
