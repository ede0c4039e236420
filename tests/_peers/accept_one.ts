/**
 * Accepts one connection of a listener that was inherited, and says there what
 * its number is.
 *
 * Argument: the descriptor.
 */

import { TcpListener } from "@ipc/socket";

using listener = TcpListener.fromFd(Number(Deno.args[0]));
using connection = await listener.accept({ timeout: 5000 });
await connection.write(new TextEncoder().encode(String(Deno.pid)));
