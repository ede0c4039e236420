/**
 * Serves connections while there is no descriptor left for them, and then
 * again with some. Prints how many were served meanwhile and in the end, and
 * what that time cost: PATH own|deno
 */

import { serveConnections } from "@ipc/socket";
import type { ConnectionListener } from "@ipc/socket";
import { listenUnix, openUnixListener, openUnixStream } from "@ipc/unix";
import process from "node:process";
import { sleep } from "../_util/wait.ts";

const [path, way] = Deno.args as [string, string];
const listener: ConnectionListener = way === "own"
  ? openUnixListener(path)
  : listenUnix(path);
const clients = await Promise.all(
  Array.from({ length: 10 }, () => openUnixStream(path)),
);
// Deno opens what it needs for signals when something first asks for it, and
// panics if it cannot.
Deno.addSignalListener("SIGUSR1", () => {});
const errors: (Error & { code?: string })[] = [];
let served = 0;
const spare: Deno.FsFile[] = [];
try {
  for (;;) spare.push(Deno.openSync("/dev/null"));
} catch {
  // There are no more. The listener's own wait may need one or two.
  for (const file of spare.splice(0, 4)) file.close();
}
const before = process.cpuUsage();
const server = serveConnections(listener, async () => {
  served++;
  await sleep(400);
}, { onError: (error) => errors.push(error as Error) });
await sleep(300);
const { user, system } = process.cpuUsage(before);
const early = served;

while (served < 10) await sleep(5);
console.log(JSON.stringify({
  early,
  served,
  codes: [...new Set(errors.map(({ code }) => code))],
  cpu: Math.round((user + system) / 1000),
}));
for (const file of spare) file.close();
for (const client of clients) client.close();
await server.shutdown();
Deno.exit();
