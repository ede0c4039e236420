/** Waits for what never comes, gives up, and has nothing else to do. */

import { socketpair } from "@ipc/unix";
import type { UnixSocketType } from "@ipc/unix";

const [socket] = socketpair({ type: Deno.args[0] as UnixSocketType });
const signal = AbortSignal.timeout(20);
try {
  if ("read" in socket) await socket.read(new Uint8Array(1), { signal });
  else await socket.receive({ signal });
} catch {
  console.log("aborted");
}
