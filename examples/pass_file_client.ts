/**
 * Prints a file that it may not open: `pass_file_server.ts` opens it, and
 * sends the descriptor. This needs no permission to read files.
 *
 * deno run --allow-ffi examples/pass_file_client.ts PATH
 *
 * @module
 */

import { openUnixStream } from "@ipc/unix";

const [path] = Deno.args;
if (path === undefined) {
  console.error("Usage: pass_file_client.ts PATH");
  Deno.exit(2);
}

using server = await openUnixStream(path, { timeout: 5000 });
const buffer = new Uint8Array(4096);

// It is ours now: `using` closes it, unless `take()` has given it away.
using received = await server.receiveDescriptors(buffer, { timeout: 5000 });
const [file] = received.descriptors;
if (file === undefined) {
  console.error("The server sent no file");
  Deno.exit(1);
}

const name = new TextDecoder().decode(buffer.subarray(0, received.size ?? 0));
console.error(`${name}, ${file.size} bytes:`);
await file.readable.pipeTo(Deno.stdout.writable, { preventClose: true });
