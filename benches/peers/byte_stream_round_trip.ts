/** Bytes there and back through two streams. */

import {
  isFirst,
  openBoth,
  readAllSync,
  size,
  writeAllSync,
} from "./byte_streams.ts";
import { answerRoundTrips, measureRoundTrips } from "./peer.ts";

const { reader, writer } = openBoth();
const own = new Uint8Array(size);

if (isFirst) {
  answerRoundTrips(() => {
    readAllSync(reader, own);
    writeAllSync(writer, own);
    return own[0]!;
  });
} else {
  measureRoundTrips((phase) => {
    own[0] = phase;
    writeAllSync(writer, own);
    readAllSync(reader, own);
  });
}
