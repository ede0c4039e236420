/** Messages there and back over a pair of sockets, sync or async. */

import { UnixDatagram, UnixSeqpacket } from "@ipc/unix";
import type { WaitStrategy } from "@ipc/unix";
import { isFirst, size } from "./byte_streams.ts";
import {
  answerRoundTrips,
  answerRoundTripsAsync,
  measureRoundTrips,
  measureRoundTripsAsync,
  option,
  ready,
} from "./peer.ts";

const wait = option("wait", "adaptive") as WaitStrategy;
const own = new Uint8Array(size);
const kind = option("type") === "datagram" ? UnixDatagram : UnixSeqpacket;
if (isFirst) ready();
using socket = kind.fromFd(Number(option("from")), { wait });

if (option("way") === "async") {
  if (isFirst) {
    await answerRoundTripsAsync(async () => {
      await socket.receiveInto(own);
      await socket.send(own);
      return own[0]!;
    });
  } else {
    await measureRoundTripsAsync(async (phase) => {
      own[0] = phase;
      await socket.send(own);
      await socket.receiveInto(own);
    });
  }
} else if (isFirst) {
  answerRoundTrips(() => {
    socket.receiveIntoSync(own);
    socket.sendSync(own);
    return own[0]!;
  });
} else {
  measureRoundTrips((phase) => {
    own[0] = phase;
    socket.sendSync(own);
    socket.receiveIntoSync(own);
  });
}
