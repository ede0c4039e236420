/**
 * Opens a file for programs that may not: whoever connects gets its open
 * descriptor, and no way to open another. `pass_file_client.ts` is one.
 *
 * deno run --allow-ffi examples/pass_file_server.ts PATH FILE
 *
 * @module
 */

import { openUnixListener, OwnedDescriptor } from "@ipc/unix";

const [path, file] = Deno.args;
if (path === undefined || file === undefined) {
  console.error("Usage: pass_file_server.ts PATH FILE");
  Deno.exit(2);
}

// Only processes of the user who started this may have it.
using listener = openUnixListener(path, { mode: 0o600 });
console.log(`Passing ${file} to who connects to ${path}`);

// On Ctrl-C the loop ends, and the socket file is removed.
Deno.addSignalListener("SIGINT", () => listener.close());

for await (using client of listener) {
  const { pid, uid } = client.peerCredentials;
  try {
    // Opened anew for each: whoever shares it shares its position, too.
    using descriptor = OwnedDescriptor.open(file);
    await client.sendDescriptors(new TextEncoder().encode(file), [descriptor]);
    console.log(`Passed it to process ${pid} of user ${uid}`);
  } catch (error) {
    // One client that is gone, or one file that is, ends no other.
    console.error((error as Error).message);
  }
}
