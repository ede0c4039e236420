/**
 * Serves connections while there is no descriptor left for them. Prints how
 * many were served meanwhile and in the end, and what that time cost.
 *
 * Argument: `"own"`, for a listener of the library's own.
 */

import { connectTcp, openTcpListener, serveConnections } from "@ipc/socket";
import type { Closable, ConnectionListener } from "@ipc/socket";
import process from "node:process";
import { sleep } from "../_util/wait.ts";

const listener = Deno.args[0] === "own"
  ? openTcpListener()
  : Deno.listen({ hostname: "127.0.0.1", port: 0 });
const clients: Deno.Conn[] = [];
for (let i = 0; i < 10; i++) {
  clients.push(await connectTcp({ port: listener.addr.port }));
}
// Deno opens what it needs for signals when something first asks for it, and
// panics if it cannot.
Deno.addSignalListener("SIGUSR1", () => {});
if (Deno.args[0] === "own") await bindAll();
const spare: Deno.FsFile[] = [];
try {
  for (;;) spare.push(Deno.openSync("/dev/null"));
} catch {
  // There are no more.
}

/** Does once what needs descriptors when it is first done. */
async function bindAll(): Promise<void> {
  const other = openTcpListener();
  await other.accept({ timeout: 1 }).catch(() => {});
  const connecting = connectTcp({ port: other.addr.port });
  (await other.accept()).close();
  (await connecting).close();
  other.close();
}

const errors: (Error & { code?: string })[] = [];
const before = process.cpuUsage();
let served = 0;
const source: ConnectionListener<Closable> = listener;
const server = serveConnections(source, () => void served++, {
  onError: (error) => errors.push(error as Error),
});
await sleep(500);
const { user, system } = process.cpuUsage(before);
const early = served;

for (const file of spare) file.close();
while (served < 10) await sleep(5);
console.log(JSON.stringify({
  early,
  served,
  codes: errors.map(({ code }) => code),
  cpu: Math.round((user + system) / 1000),
}));
for (const client of clients) client.close();
await server.shutdown();
Deno.exit();
