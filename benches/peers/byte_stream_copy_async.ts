/** The same with both sides asynchronous. */

import { Arrivals } from "./arrivals.ts";
import {
  isFirst,
  openReader,
  openWriter,
  type Reader,
  readRest,
  size,
  writeRest,
} from "./byte_streams.ts";
import { measureSendingAsync, ready } from "./peer.ts";

const own = new Uint8Array(size).fill(1);

if (isFirst) {
  ready();
  using reader = openReader();
  await receiveAll(reader);
} else {
  using writer = openWriter();
  await measureSendingAsync((phase) => {
    own[0] = phase;
    return writer.write(own);
  }, (count) => {
    return count === size ? undefined : writeRest(writer, own, count);
  });
}

// Code outside of functions is compiled for less.
async function receiveAll(reader: Reader): Promise<void> {
  const arrivals = new Arrivals();
  do {
    const count = await reader.read(own);
    if (count !== size) await readRest(reader, own, count);
  } while (arrivals.add(own[0]!));
  arrivals.report(size);
}
