/**
 * Prices from one process to another through a ring: the writer fills records
 * where they are sent from, and the reader sums them up where they are.
 *
 * deno run --allow-ffi --allow-run examples/ring/prices.ts [--count 1000000]
 */

import { openRingReader, openRingWriter, unlinkRing } from "@ipc/ring";
import { parseArgs } from "@std/cli";

/** struct price { uint32_t instrument; uint32_t padding; double value; } */
const SIZE = 16;

const { count, write } = parseArgs(Deno.args, {
  string: ["count", "write"],
  default: { count: "1000000" },
});

if (typeof write === "string") send(write, Number(count));
else await receive(Number(count));

/** The writer: a process of its own. */
function send(name: string, count: number): void {
  using ring = openRingWriter(name);
  const price = new Uint8Array(SIZE);
  const view = new DataView(price.buffer);
  for (let i = 0; i < count; i++) {
    view.setUint32(0, i % 4, true);
    view.setFloat64(8, 100 + i % 7, true);
    // Telling the reader now and then is enough, and faster.
    if (!ring.enqueue(price)) ring.sendSync(price);
    else if (i % 32 === 0) ring.flush();
  }
}

/** The reader: it starts the writer, and prints the average of each. */
async function receive(count: number): Promise<void> {
  using ring = openRingReader(null, { capacity: 262_144 });
  using cleanUp = new DisposableStack();
  cleanUp.defer(() => unlinkRing(ring.name));
  const writer = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--allow-ffi", import.meta.filename!],
      ...["--write", ring.name, "--count", `${count}`],
    ],
  }).spawn();

  // A writer that fails before it has the ring open can tell of no end.
  const failure = new AbortController();
  const { signal } = failure;
  const ended = writer.status.then(({ success, code }) => {
    if (!success) failure.abort(new Error(`The writer failed (${code})`));
  });

  const sums = new Float64Array(4);
  const counts = new Float64Array(4);
  for await (const batch of ring.batches({ copy: false, signal })) {
    for (const { buffer, byteOffset } of batch) {
      const price = new DataView(buffer, byteOffset, SIZE);
      const instrument = price.getUint32(0, true) % 4;
      sums[instrument]! += price.getFloat64(8, true);
      counts[instrument]!++;
    }
  }
  for (const [i, sum] of sums.entries()) {
    console.log(`instrument ${i}: ${(sum / counts[i]!).toFixed(4)}`);
  }
  await ended;
  signal.throwIfAborted();
}
