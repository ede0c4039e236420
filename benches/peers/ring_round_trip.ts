/** Messages there and back through two rings, into one buffer. */

import { answerRoundTrips, measureRoundTrips, ready } from "./peer.ts";
import { isFirst, removeRing, ringReader, ringWriter, size } from "./rings.ts";

const own = new Uint8Array(size);

if (isFirst) {
  using there = ringReader("there");
  using back = ringWriter("back");
  ready();
  answerRoundTrips(() => {
    there.receiveIntoSync(own);
    const phase = own[0]!;
    back.sendSync(own);
    return phase;
  });
  // The last answer is to be received before the ends are gone.
  there.receiveIntoSync(own);
  removeRing("there");
  removeRing("back");
} else {
  using there = ringWriter("there");
  using back = ringReader("back");
  measureRoundTrips((phase) => {
    own[0] = phase;
    there.sendSync(own);
    back.receiveIntoSync(own);
  });
}
