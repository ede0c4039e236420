/**
 * Records one way, 64 KiB to a call, by calls of FFI alone: what a copy into a
 * buffer and a view out of one cost at least.
 */

import {
  isFirst,
  openReader,
  openWriter,
  own,
  readAny,
  writeAll,
} from "./byte_streams_raw.ts";
import { measureReceiving, measureSending, Phase, ready } from "./peer.ts";

const size = own.byteLength;
const memory = new ArrayBuffer(65_536 + size);
const buffer = new Uint8Array(memory);
let start = 0;
let end = 0;

if (isFirst) {
  ready();
  const from = openReader();
  measureReceiving(() => {
    while (end - start < size) {
      buffer.copyWithin(0, start, end);
      end -= start;
      start = 0;
      end += readAny(from, buffer.subarray(end));
    }
    const record = new Uint8Array(memory, start, size);
    start += size;
    return record[0]!;
  }, size);
} else {
  const to = openWriter();
  measureSending((phase) => {
    own[0] = phase;
    buffer.set(own, end);
    end += size;
    if (end < 65_536 && phase !== Phase.stop) return;
    writeAll(to, buffer.subarray(0, end));
    end = 0;
  });
}
