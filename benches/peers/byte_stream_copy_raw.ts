/** Blocks one way through a stream, by calls of FFI alone. */

import {
  isFirst,
  openReader,
  openWriter,
  own,
  readOwn,
  writeOwn,
} from "./byte_streams_raw.ts";
import { measureReceiving, measureSending, ready } from "./peer.ts";

if (isFirst) {
  ready();
  const from = openReader();
  measureReceiving(() => {
    readOwn(from);
    return own[0]!;
  }, own.byteLength);
} else {
  const to = openWriter();
  measureSending((phase) => {
    own[0] = phase;
    writeOwn(to);
  });
}
