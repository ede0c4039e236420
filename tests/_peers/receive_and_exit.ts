/** Gives up a receive, and has nothing left to do. */

import { connectTcp, receiveExactly } from "@ipc/socket";

const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
const client = await connectTcp({ port: listener.addr.port });
const server = await listener.accept();
await receiveExactly(client, new Uint8Array(4), { timeout: 5 }).catch(() => {});
// They stay open, and so does the other end: nobody closes anything.
Object.assign(globalThis, { kept: [listener, client, server] });
console.log("nothing is left");
