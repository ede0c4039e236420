/** Connects to an abstract name, and waits for the end of its input: unix_client.ts NAME */

import { openUnixStreamSync } from "@ipc/unix";

using _stream = openUnixStreamSync(`\0${Deno.args[0]}`);
await Deno.stdin.read(new Uint8Array(1));
