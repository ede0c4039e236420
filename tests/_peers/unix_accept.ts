/** Accepts from an inherited listener, and says its number: unix_accept.ts FD */

import { UnixStreamListener } from "@ipc/unix";

const listener = UnixStreamListener.fromFd(Number(Deno.args[0]));
for await (using stream of listener) {
  stream.writeSync(new TextEncoder().encode(String(Deno.pid)));
}
