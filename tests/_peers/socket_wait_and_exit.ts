/**
 * Waits for something and gives up, by a signal and by a timeout. Nothing is
 * left to do then, so the process ends; it says so first.
 *
 * Argument: for what it waits.
 */

import { openTcpListener, openTcpStreamSync, openUdpSocket } from "@ipc/socket";
import type { WaitOptions } from "@ipc/socket";
import { openTcpStream } from "@ipc/socket";

const listener = openTcpListener({ backlog: 1 });
const { port } = listener.addr;
const stream = openTcpStreamSync({ port });
const udp = openUdpSocket();
const ways: Record<string, (options: WaitOptions) => Promise<unknown>> = {
  accept: async (options) => {
    listener.tryAccept();
    await listener.accept(options);
  },
  read: (options) => stream.read(new Uint8Array(1), options),
  udp: (options) => udp.receive(options),
  connect: (options) =>
    openTcpStream({ port: 1, untilListening: true, ...options }),
};

const wait = ways[Deno.args[0]!]!;
const abort = new AbortController();
setTimeout(() => abort.abort(), 10);
await wait({ signal: abort.signal, timeout: 600_000 }).catch(() => {});
await wait({ timeout: 5 }).catch(() => {});
// Nobody closes anything.
Object.assign(globalThis, { kept: [listener, stream, udp] });
console.log("nothing is left");
