/** Bytes through `readable`, and what they leave in memory. */

import { isFirst, openReader, openWriter, size } from "./byte_streams.ts";
import { now } from "./clock.ts";
import { numberOption, option, ready, report } from "./peer.ts";

const total = numberOption("gib", 2) * 2 ** 30;

if (isFirst) {
  ready();
  using reader = openReader();
  await read(reader.readable);
} else {
  using writer = openWriter();
  const own = new Uint8Array(size);
  // One part to warm up, then all.
  for (let left = total + total / 4; left > 0;) left -= writer.writeSync(own);
}

async function read(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): Promise<void> {
  const next = option("way") === "byob" ? byob(stream) : chunks(stream);
  for (let seen = 0; seen < total / 4;) seen += await next();
  const before = Deno.memoryUsage();
  const start = now();
  let most = before.rss;
  let looked = 0;
  let seen = 0;
  for (let count = 1; count > 0; seen += count = await next()) {
    if (seen - looked < 2 ** 26) continue;
    looked = seen;
    most = Math.max(most, Deno.memoryUsage().rss);
  }
  const seconds = (now() - start) / 1e9;
  const after = Deno.memoryUsage();
  const perGib = (bytes: number) => bytes / 2 ** 20 / (seen / 2 ** 30);
  report({
    heap_mib: perGib(after.heapUsed - before.heapUsed),
    rss_mib: perGib(after.rss - before.rss),
    peak_mib: (most - before.rss) / 2 ** 20,
    gib_per_s: seen / seconds / 2 ** 30,
  });
}

function chunks(
  stream: ReadableStream<Uint8Array>,
): () => Promise<number> {
  const reader = stream.getReader();
  return async () => (await reader.read()).value?.byteLength ?? 0;
}

function byob(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): () => Promise<number> {
  const reader = stream.getReader({ mode: "byob" });
  let buffer = new ArrayBuffer(size);
  return async () => {
    const { value, done } = await reader.read(new Uint8Array(buffer));
    if (value !== undefined) buffer = value.buffer;
    return done ? 0 : value.byteLength;
  };
}
