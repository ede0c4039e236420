/** The same with both sides asynchronous, and messages of their own. */

import { isFirst, messageQueue, size } from "./sysv_mqueues.ts";
import {
  answerRoundTripsAsync,
  measureRoundTripsAsync,
  ready,
} from "./peer.ts";

const own = new Uint8Array(size);
const there = messageQueue("there");
const back = messageQueue("back");

if (isFirst) {
  ready();
  await answerRoundTripsAsync(async () => {
    const { message } = await there.receive();
    await back.send(message);
    return message[0]!;
  });
  there.remove();
} else {
  await measureRoundTripsAsync(async (phase) => {
    own[0] = phase;
    await there.send(own);
    await back.receive();
  });
  back.remove();
}
