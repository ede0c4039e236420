/** Messages one way through a System V queue, by calls of FFI alone. */

import { measureReceiving, measureSending, ready } from "./peer.ts";
import { isFirst } from "./raw_calls.ts";
import { own, RawQueue } from "./sysv_mqueues_raw.ts";

const queue = new RawQueue("copy");

if (isFirst) {
  ready();
  measureReceiving(() => {
    queue.receive();
    return own[0]!;
  }, own.byteLength);
  queue.remove();
} else {
  measureSending((phase) => {
    own[0] = phase;
    queue.send();
  });
}
