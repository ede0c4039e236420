/** Bytes there and back over a connection of Deno's own. */

import { receiveExactly, sendAll } from "@ipc/socket";
import {
  answerRoundTripsAsync,
  measureRoundTripsAsync,
  numberOption,
  option,
  ready,
} from "./peer.ts";
import { connect, listen, sendAtOnce } from "./ports.ts";

const own = new Uint8Array(numberOption("size", 64));
const isPlain = option("via") === "plain";

/** The whole message by the functions here, or by single calls of Deno's. */
async function receive(connection: Deno.Conn): Promise<void> {
  if (!isPlain) await receiveExactly(connection, own);
  else if (await connection.read(own) !== own.length) throw new Error("Part");
}

async function send(connection: Deno.Conn): Promise<void> {
  if (!isPlain) await sendAll(connection, own);
  else if (await connection.write(own) !== own.length) throw new Error("Part");
}

if (option("role") === "server") {
  using listener = listen();
  ready();
  using connection = await listener.accept();
  sendAtOnce(connection);
  await answerRoundTripsAsync(async () => {
    await receive(connection);
    await send(connection);
    return own[0]!;
  });
} else {
  using connection = await connect();
  await measureRoundTripsAsync(async (phase) => {
    own[0] = phase;
    await send(connection);
    await receive(connection);
  });
}
