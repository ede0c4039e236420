/**
 * Connects to port 50000 in a network of its own.
 *
 * Argument: `"Deno"`, to do so by `Deno.connect`.
 */

import { connectTcp } from "@ipc/socket";

const port = 50_000;
const connect = Deno.args[0] === "Deno" ? Deno.connect : connectTcp;
try {
  using connection = await connect({ port });
  console.log("connected from", connection.localAddr.port);
} catch (error) {
  const { name, code, message } = error as Error & { code?: string };
  console.log(name, code, message);
}
