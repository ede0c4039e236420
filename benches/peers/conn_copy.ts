/** Blocks one way over a connection of Deno's own. */

import { receiveExactly, sendAll } from "@ipc/socket";
import { Arrivals } from "./arrivals.ts";
import { measureSendingAsync, numberOption, option, ready } from "./peer.ts";
import { connect, listen } from "./ports.ts";

const size = numberOption("size", 64);
const own = new Uint8Array(size).fill(1);

if (option("role") === "receiver") {
  using listener = listen();
  ready();
  using connection = await listener.accept();
  const arrivals = new Arrivals();
  do await receiveExactly(connection, own); while (arrivals.add(own[0]!));
  arrivals.report(size);
} else {
  using connection = await connect();
  await measureSendingAsync((phase) => {
    own[0] = phase;
    return sendAll(connection, own);
  });
}
