/** Sends the reading end of a pipe, and ends at once: unix_send_pipe.ts FD */

import { pipe } from "@ipc/pipe";
import { UnixStream } from "@ipc/unix";

const encoder = new TextEncoder();
const stream = UnixStream.fromFd(Number(Deno.args[0]));
const { reader, writer } = pipe();
writer.writeSync(encoder.encode("from the dead"));
stream.sendDescriptorsSync(encoder.encode("a pipe"), [reader]);
Deno.exit(0);
