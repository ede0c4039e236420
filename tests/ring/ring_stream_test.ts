/** Every way to send with every way to receive, between two processes. */

import { openRingReader } from "@ipc/ring";
import { assertEquals } from "@std/assert";
import { denoPeer, output } from "../_util/child.ts";
import { test } from "../_util/test.ts";
import { ringName } from "./_ring.ts";

const COUNT = 3000;
const writers = ["sync", "async", "try", "batch", "reserve", "shrink"];
const readers = [
  "sync",
  "into",
  "async",
  "views",
  "iterate",
  "batches",
  "viewBatches",
];

for (const [i, read] of readers.entries()) {
  const write = writers[i % writers.length]!;
  // The least capacity first: then a message in two begins the lane anew.
  const capacity = [64, 4096, 256, 65_536, 128, 1024, 8192][i]!;
  test(
    `what is sent by ${write} is received by ${read}, through ${capacity} bytes`,
    { needs: ["run"], deadline: 30_000 },
    async (scope) => {
      const name = ringName(scope);
      // It is created by one who is gone.
      openRingReader(name, { createNew: true, capacity }).close();
      const [sent, received] = await Promise.all([
        output(denoPeer("ring_stream.ts", [name, "write", write, `${COUNT}`])),
        output(denoPeer("ring_stream.ts", [name, "read", read, `${COUNT}`])),
      ]);
      assertEquals(sent, "ready\nsent");
      assertEquals(received, `ready\nreceived ${COUNT}`);
    },
  );
}
