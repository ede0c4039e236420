/**
 * Takes a stream over, perhaps reads, writes, and waits to be killed.
 *
 * unix_talk.ts FD READS
 */

import { UnixStream } from "@ipc/unix";
import { sleep } from "../_util/wait.ts";

const [fd, reads] = Deno.args;
const stream = UnixStream.fromFd(Number(fd));
if (reads === "true") stream.readSync(new Uint8Array(6));
stream.writeSync(new TextEncoder().encode("before the end"));
await sleep(60_000);
