/** Addresses of this machine, one for each name of a trial. */

import {
  connectTcp,
  openTcpListener,
  openTcpStream,
  openTcpStreamSync,
} from "@ipc/socket";
import type { WaitStrategy } from "@ipc/socket";
import {
  connectUnix,
  listenUnix,
  openUnixListener,
  openUnixStream,
  openUnixStreamSync,
} from "@ipc/unix";
import { option } from "./peer.ts";

/** The port of this trial, below those that the system gives out. */
export const port: number = 20_000 +
  parseInt(option("name").slice(2), 16) % 12_000;

/** The abstract name of this trial. */
export const path: string = `\0${option("name")}`;

const isUnix = option("family") === "unix";

/** Listens at the address of this trial, by Deno's own sockets. */
export function listen(): Deno.Listener {
  return isUnix
    ? Deno.listen({ transport: "unix", path })
    : Deno.listen({ hostname: "127.0.0.1", port });
}

/** The same, by what users are told to listen with. */
export function listenSafely(): Deno.Listener {
  return isUnix ? listenUnix(path) : listen();
}

/** Connects to it. */
export function connect(): Promise<Deno.Conn> {
  return isUnix ? connectUnix(path) : connectTcp({ port });
}

/** Has small pieces sent at once, which Unix sockets do anyhow. */
export function sendAtOnce(connection: Deno.Conn): void {
  if (!isUnix) (connection as Deno.TcpConn).setNoDelay(true);
}

/** How a socket of our own waits. */
interface Waiting {
  wait?: WaitStrategy;
}

/** Listens there by a socket of our own. */
export function listenOwn(options: Waiting = {}) {
  return isUnix
    ? openUnixListener(path, options)
    : openTcpListener({ port, ...options });
}

/** Connects to it by a socket of our own. */
export function connectOwn() {
  return isUnix ? openUnixStream(path) : openTcpStream({ port });
}

/** The same, and blocks meanwhile. */
export function connectOwnSync(options: Waiting = {}) {
  return isUnix
    ? openUnixStreamSync(path, options)
    : openTcpStreamSync({ port, ...options });
}
