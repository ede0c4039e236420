/**
 * Blocks one way through a stream, by calls of FFI alone; with `way=async`
 * each returns a promise, which is awaited.
 */

import { Arrivals } from "./arrivals.ts";
import {
  isFirst,
  openReader,
  openWriter,
  own,
  readOwn,
  writeOwn,
} from "./byte_streams_raw.ts";
import {
  measureReceiving,
  measureSending,
  measureSendingAsync,
  option,
  ready,
} from "./peer.ts";

const size = own.byteLength;

if (isFirst) {
  ready();
  const from = openReader();
  if (option("way") === "async") await receiveAsync(from);
  else {
    measureReceiving(() => {
      readOwn(from);
      return own[0]!;
    }, size);
  }
} else {
  const to = openWriter();
  if (option("way") === "async") {
    await measureSendingAsync((phase) => {
      own[0] = phase;
      writeOwn(to);
      return Promise.resolve(size);
    });
  } else {
    measureSending((phase) => {
      own[0] = phase;
      writeOwn(to);
    });
  }
}

async function receiveAsync(from: number): Promise<void> {
  const arrivals = new Arrivals();
  function receive(): Promise<number> {
    readOwn(from);
    return Promise.resolve(size);
  }
  do {
    if (await receive() !== size) throw new Error("Part of a message");
  } while (arrivals.add(own[0]!));
  arrivals.report(size);
}
