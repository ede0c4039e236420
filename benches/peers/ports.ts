/** Addresses of this machine, one for each name of a trial. */

import { connectTcp } from "@ipc/socket";
import { connectUnix } from "@ipc/unix";
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

/** Connects to it. */
export function connect(): Promise<Deno.Conn> {
  return isUnix ? connectUnix(path) : connectTcp({ port });
}

/** Has small pieces sent at once, which Unix sockets do anyhow. */
export function sendAtOnce(connection: Deno.Conn): void {
  if (!isUnix) (connection as Deno.TcpConn).setNoDelay(true);
}
