import { describe } from "./_address.ts";
import { openUnixDatagram } from "./open_unix_datagram.ts";

/** How long a service manager may be too busy, in milliseconds. */
const TIMEOUT = 5000;

/** What a service tells its manager. */
export interface ServiceState {
  /** Starting up is done, or reloading is. */
  readonly ready?: boolean;
  /** The configuration is being reloaded. */
  readonly reloading?: boolean;
  /** Shutting down has begun. */
  readonly stopping?: boolean;
  /** One line for people to read. */
  readonly status?: string;
  /** The service is alive, which a watchdog wants to hear. */
  readonly watchdog?: boolean;
  /** The process that is the service, if it is not the one that was started. */
  readonly mainPid?: number;
  /** The error number with which the service fails. */
  readonly errno?: number;
  /** How much longer starting or stopping takes, in milliseconds. */
  readonly extendTimeout?: number;
}

/**
 * Tells the service manager, such as systemd, how this service is: that it is
 * ready, reloads, or stops. Where nobody manages it, nothing happens.
 *
 * `sendto(2)` to the datagram socket that `NOTIFY_SOCKET` names, as
 * `sd_notify(3)` does.
 *
 * With `Type=notify` a service counts as started only when it has said so.
 * With `WatchdogSec=` it has to say `{ watchdog: true }` again and again.
 *
 * Requires `--allow-ffi` and `--allow-env`.
 *
 * @param state What to tell: an object, or the text itself, one `NAME=value`
 * a line.
 * @returns Whether there is a manager, who was told.
 * @throws {Deno.errors.NotFound} If the socket is gone.
 * @throws {Deno.errors.ConnectionRefused} If nobody listens there.
 * @throws {Deno.errors.TimedOut} If the manager takes nothing for 5 seconds.
 * @throws {Deno.errors.NotSupported} If the address is neither a path nor an
 * abstract name.
 * @throws {TypeError} If a status has several lines, or `state` is neither
 * text nor an object.
 * @see {@link https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html | sd_notify(3)}
 *
 * @example Usage
 * ```ts
 * import { openUnixDatagram, sdNotify } from "@ipc/unix";
 * import { assert, assertEquals } from "@std/assert";
 *
 * // What a service manager does:
 * const folder = await Deno.makeTempDir();
 * using manager = openUnixDatagram(`${folder}/notify`);
 * Deno.env.set("NOTIFY_SOCKET", `${folder}/notify`);
 *
 * // What a service does:
 * assert(sdNotify({ ready: true, status: "Serving tea" }));
 *
 * const { message } = manager.receiveSync();
 * const text = new TextDecoder().decode(message);
 * assertEquals(text, "READY=1\nSTATUS=Serving tea");
 * Deno.env.delete("NOTIFY_SOCKET");
 * assert(!sdNotify("READY=1"));
 * manager.close();
 * await Deno.remove(folder);
 * ```
 */
export function sdNotify(state: ServiceState | string): boolean {
  const text = typeof state === "string" ? state : toText(state);
  const address = Deno.env.get("NOTIFY_SOCKET");
  if (address === undefined || address === "") return false;
  const to = toPath(address);
  using socket = openUnixDatagram(null);
  socket.sendSync(new TextEncoder().encode(text), { to, timeout: TIMEOUT });
  return true;
}

function toPath(address: string): string {
  if (address.startsWith("/")) return address;
  if (address.startsWith("@")) return `\0${address.slice(1)}`;
  throw new Deno.errors.NotSupported(
    `Cannot notify ${describe(address)}: NOTIFY_SOCKET has to be an absolute ` +
      'path, or "@" and an abstract name',
  );
}

function toText(state: ServiceState): string {
  if (typeof state !== "object" || state === null) {
    throw new TypeError(
      `Cannot notify: expected text or an object, got ${typeof state}`,
    );
  }
  const { status, mainPid, errno, extendTimeout } = state;
  if (status !== undefined && /[\n\0]/.test(status)) {
    throw new TypeError(
      `Cannot notify with status ${JSON.stringify(status)}: it is one line`,
    );
  }
  const lines = [
    state.ready && "READY=1",
    state.reloading && "RELOADING=1",
    state.stopping && "STOPPING=1",
    status !== undefined && `STATUS=${status}`,
    state.watchdog && "WATCHDOG=1",
    mainPid !== undefined && `MAINPID=${mainPid}`,
    errno !== undefined && `ERRNO=${errno}`,
    extendTimeout !== undefined &&
    `EXTEND_TIMEOUT_USEC=${Math.ceil(extendTimeout * 1000)}`,
  ];
  return lines.filter((line) => typeof line === "string").join("\n");
}
