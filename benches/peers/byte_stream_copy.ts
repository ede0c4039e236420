/** Blocks one way through a stream. */

import {
  isFirst,
  openReader,
  openWriter,
  readAllSync,
  size,
  writeAllSync,
} from "./byte_streams.ts";
import { measureReceiving, measureSending, ready } from "./peer.ts";

const own = new Uint8Array(size).fill(1);

if (isFirst) {
  ready();
  using reader = openReader();
  measureReceiving(() => {
    readAllSync(reader, own);
    return own[0]!;
  }, size);
} else {
  using writer = openWriter();
  measureSending((phase) => {
    own[0] = phase;
    writeAllSync(writer, own);
  });
}
