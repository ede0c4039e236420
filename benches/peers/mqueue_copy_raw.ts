/** Messages one way through a queue, by calls of FFI alone. */

import { own, RawQueue } from "./mqueues_raw.ts";
import { measureReceiving, measureSending, ready } from "./peer.ts";
import { isFirst } from "./raw_calls.ts";

const queue = new RawQueue("copy");

if (isFirst) {
  ready();
  measureReceiving(() => {
    queue.receive();
    return own[0]!;
  }, own.byteLength);
  queue.unlink();
} else {
  measureSending((phase) => {
    own[0] = phase;
    queue.send();
  });
}
