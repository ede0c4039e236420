/** Messages there and back through two System V queues, into one buffer. */

import { isFirst, messageQueue, size } from "./sysv_mqueues.ts";
import { answerRoundTrips, measureRoundTrips, ready } from "./peer.ts";

const own = new Uint8Array(size);
const there = messageQueue("there");
const back = messageQueue("back");

if (isFirst) {
  ready();
  answerRoundTrips(() => {
    there.receiveIntoSync(own);
    const phase = own[0]!;
    back.sendSync(own);
    return phase;
  });
  // Messages go with their queue, so its receiver removes it.
  there.remove();
} else {
  measureRoundTrips((phase) => {
    own[0] = phase;
    there.sendSync(own);
    back.receiveIntoSync(own);
  });
  back.remove();
}
