/** Bytes there and back through two streams, by calls of FFI alone. */

import {
  isFirst,
  openBoth,
  own,
  readOwn,
  writeOwn,
} from "./byte_streams_raw.ts";
import { answerRoundTrips, measureRoundTrips } from "./peer.ts";

const { from, to } = openBoth();

if (isFirst) {
  answerRoundTrips(() => {
    readOwn(from);
    writeOwn(to);
    return own[0]!;
  });
} else {
  measureRoundTrips((phase) => {
    own[0] = phase;
    writeOwn(to);
    readOwn(from);
  });
}
