/**
 * Listens on a path until it is killed, and says when.
 *
 * unix_hold.ts PATH own|deno
 */

import { listenUnix, openUnixListener } from "@ipc/unix";

const [path, way] = Deno.args as [string, string];
const listener = way === "own" ? openUnixListener(path) : listenUnix(path);
console.log("listening");
await listener.accept();
