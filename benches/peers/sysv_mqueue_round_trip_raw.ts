/** Messages there and back through two queues, by calls of FFI alone. */

import { answerRoundTrips, measureRoundTrips, ready } from "./peer.ts";
import { isFirst } from "./raw_calls.ts";
import { own, RawQueue } from "./sysv_mqueues_raw.ts";

const there = new RawQueue("there");
const back = new RawQueue("back");

if (isFirst) {
  ready();
  answerRoundTrips(() => {
    there.receive();
    const phase = own[0]!;
    back.send();
    return phase;
  });
  // Messages go with their queue, so its receiver removes it.
  there.remove();
} else {
  measureRoundTrips((phase) => {
    own[0] = phase;
    there.send();
    back.receive();
  });
  back.remove();
}
