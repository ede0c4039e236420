/** The same with both sides asynchronous. */

import { PIPE_BUF } from "@ipc/pipe";
import { Arrivals } from "./arrivals.ts";
import {
  isFirst,
  openReader,
  openWriter,
  readRest,
  size,
  writeAll,
} from "./byte_streams.ts";
import { measureSendingAsync, ready } from "./peer.ts";

const own = new Uint8Array(size).fill(1);

if (isFirst) {
  ready();
  using reader = openReader();
  const arrivals = new Arrivals();
  do {
    const count = await reader.read(own);
    if (count !== size) await readRest(reader, own, count);
  } while (arrivals.add(own[0]!));
  arrivals.report(size);
} else {
  using writer = openWriter();
  await measureSendingAsync((phase) => {
    own[0] = phase;
    // So few bytes are written as a whole.
    return size <= PIPE_BUF ? writer.write(own) : writeAll(writer, own);
  });
}
