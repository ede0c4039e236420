/** What the tests of Unix sockets share. */

import {
  connectUnix,
  listenUnix,
  openUnixListener,
  openUnixStream,
} from "@ipc/unix";
import type { BindUnixOptions } from "@ipc/unix";

/** What the connections of both kinds of listeners can do. */
export interface Connection extends Disposable {
  read(p: Uint8Array): Promise<number | null>;
  write(p: Uint8Array): Promise<number>;
  close(): void;
}

/** A listener of either kind. */
export interface AnyListener extends Disposable {
  readonly addr: Deno.UnixAddr;
  accept(): Promise<Connection>;
  close(): void;
}

/** Both ways to listen, and to connect. */
export const ways: {
  name: string;
  listen(path: string, options?: BindUnixOptions): AnyListener;
  connect(path: string): Promise<Connection>;
}[] = [
  { name: "listenUnix()", listen: listenUnix, connect: connectUnix },
  {
    name: "openUnixListener()",
    listen: openUnixListener,
    connect: openUnixStream,
  },
];

/** The permission bits of a file. */
export function modeOf(path: string): number {
  return Deno.lstatSync(path).mode! & 0o777;
}

/** The names in a folder. */
export function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

/** How many descriptors this process has. */
export function descriptorCount(): number {
  return [...Deno.readDirSync("/proc/self/fd")].length;
}

/** A path of exactly so many bytes in a folder. */
export function pathOfLength(folder: string, length: number): string {
  return `${folder}/`.padEnd(length, "x");
}
