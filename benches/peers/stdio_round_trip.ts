/** Bytes to a child process and back, by its stdin and stdout. */

import {
  answerRoundTripsAsync,
  measureRoundTripsAsync,
  numberOption,
  Phase,
} from "./peer.ts";
import { endChild, isChild, startChild } from "./stdio_child.ts";

type Read = (bytes: Uint8Array<ArrayBuffer>) => Promise<number | null>;

const own = new Uint8Array(numberOption("size", 64));

if (isChild) {
  console.log = console.error;
  await answerRoundTripsAsync(async () => {
    await readAll((bytes) => Deno.stdin.read(bytes));
    await Deno.stdout.write(own);
    return own[0]!;
  });
} else {
  const child = await startChild();
  const read = reading(child.stdout);
  const writer = child.stdin.getWriter();
  await measureRoundTripsAsync(async (phase) => {
    own[0] = phase;
    await writer.write(own);
    await readAll(read);
    if (phase === Phase.stop) await writer.close();
  });
  await endChild(child);
}

/** Reads into buffers of its own, which is the fastest way there is. */
function reading(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Read {
  const reader = stream.getReader({ mode: "byob" });
  let spare = new ArrayBuffer(own.byteLength);
  return async (bytes) => {
    const { value } = await reader.read(
      new Uint8Array(spare, 0, bytes.byteLength),
    );
    if (value === undefined) return null;
    bytes.set(value);
    spare = value.buffer;
    return value.byteLength || null;
  };
}

async function readAll(read: Read): Promise<void> {
  for (let at = 0; at < own.byteLength;) {
    const count = await read(own.subarray(at));
    if (count === null) throw new Error("The other side has gone");
    at += count;
  }
}
