/**
 * Blocks one way through a stream, by calls of FFI alone; with `way=async`
 * each returns a promise, which is awaited, and with `turns=N` one in N of them
 * lets the event loop run.
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
  numberOption,
  option,
  ready,
} from "./peer.ts";

const size = own.byteLength;
const turns = numberOption("turns", Infinity);
let count = 0;

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
      return done();
    });
  } else {
    measureSending((phase) => {
      own[0] = phase;
      writeOwn(to);
    });
  }
}

function done(): Promise<number> {
  return ++count % turns === 0
    ? new Promise((resolve) => setImmediate(() => resolve(size)))
    : Promise.resolve(size);
}

async function receiveAsync(from: number): Promise<void> {
  const arrivals = new Arrivals();
  function receive(): Promise<number> {
    readOwn(from);
    return done();
  }
  do {
    if (await receive() !== size) throw new Error("Part of a message");
  } while (arrivals.add(own[0]!));
  arrivals.report(size);
}
