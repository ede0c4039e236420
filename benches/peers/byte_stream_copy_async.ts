/** The same with both sides asynchronous. */

import { Arrivals, measureSendingAsync } from "./arrivals.ts";
import {
  isFirst,
  openReader,
  openWriter,
  readAll,
  size,
  writeAll,
} from "./byte_streams.ts";
import { ready } from "./peer.ts";

const own = new Uint8Array(size).fill(1);

if (isFirst) {
  ready();
  using reader = openReader();
  const arrivals = new Arrivals();
  do await readAll(reader, own); while (arrivals.add(own[0]!));
  arrivals.report(size);
} else {
  using writer = openWriter();
  await measureSendingAsync((phase) => {
    own[0] = phase;
    return writeAll(writer, own);
  });
}
