/** Messages there and back through two queues, by calls of FFI alone. */

import { own, RawQueue } from "./mqueues_raw.ts";
import { answerRoundTrips, measureRoundTrips, ready } from "./peer.ts";
import { isFirst } from "./raw_calls.ts";

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
  there.unlink();
  back.unlink();
} else {
  measureRoundTrips((phase) => {
    own[0] = phase;
    there.send();
    back.receive();
  });
}
