/**
 * Answers every message in capitals, to the end.
 *
 * unix_upper.ts TYPE FD|VARIABLE
 */

import { UnixDatagram, UnixSeqpacket, UnixStream } from "@ipc/unix";

const [type, where] = Deno.args as [string, string];
const kinds = {
  stream: UnixStream,
  datagram: UnixDatagram,
  seqpacket: UnixSeqpacket,
};
const kind = kinds[type as keyof typeof kinds];
const socket = /^\d+$/.test(where)
  ? kind.fromFd(Number(where))
  : kind.fromEnv(where);

const upper = (p: Uint8Array) =>
  new TextEncoder().encode(new TextDecoder().decode(p).toUpperCase());
if (socket instanceof UnixStream) {
  for await (const chunk of socket.readable) socket.writeSync(upper(chunk));
} else {
  for await (const got of socket) {
    socket.sendSync(upper(got instanceof Uint8Array ? got : got.message));
  }
}
socket.close();
