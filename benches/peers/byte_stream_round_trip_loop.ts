/**
 * Bytes there and back by what the event loop takes at least: it is told to
 * read once and for all, and answers are written by calls of FFI alone.
 */

import { Socket } from "node:net";
import type { SocketConstructorOpts } from "node:net";
import { isFirst, openBoth, own, writeOwn } from "./byte_streams_raw.ts";
import { answerRoundTripsAsync, measureRoundTripsAsync } from "./peer.ts";

const { from, to } = openBoth();
const buffer = new Uint8Array(4096);
let onArrival: () => void;

const options: SocketConstructorOpts = {
  fd: from,
  readable: true,
  writable: false,
  onread: {
    buffer,
    callback: (count: number) => {
      if (count !== own.byteLength) throw new Error("Part of a message");
      onArrival();
      return true;
    },
  },
};
const socket = new Socket(options);

function arrival(): Promise<void> {
  return new Promise((resolve) => onArrival = resolve);
}

if (isFirst) {
  await answerRoundTripsAsync(async () => {
    await arrival();
    own.set(buffer.subarray(0, own.byteLength));
    writeOwn(to);
    return own[0]!;
  });
} else {
  await measureRoundTripsAsync(async (phase) => {
    own[0] = phase;
    writeOwn(to);
    await arrival();
    own.set(buffer.subarray(0, own.byteLength));
  });
}
socket.destroy();
