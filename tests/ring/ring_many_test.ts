/** Many producers, and rings that drop their oldest messages. */

import { openRingReader, openRingWriter } from "@ipc/ring";
import { assert, assertEquals } from "@std/assert";
import { denoPeer, output } from "../_util/child.ts";
import { MessageChecker, MessageWriter } from "../_util/ring_messages.ts";
import { test } from "../_util/test.ts";
import { message, ringName } from "./_ring.ts";

test("four producers keep the order of each", {
  needs: ["run"],
  deadline: 30_000,
}, async (scope) => {
  const name = ringName(scope);
  const [producers, count] = [4, 2000];
  using reader = openRingReader(name, {
    createNew: true,
    capacity: 1024,
    producers,
  });
  const peers = Array.from({ length: producers }, (_, i) => {
    const way = ["sync", "async", "batch", "reserve"][i]!;
    const args = [name, "write", way, `${count}`, `${i}`];
    return output(denoPeer("ring_stream.ts", args));
  });
  const checker = new MessageChecker(reader.maxMessageLength, producers);
  // One that ends before another has come makes an end in between.
  while (checker.count < producers * count) {
    for await (const batch of reader.batches()) {
      for (const message of batch) checker.check(message);
    }
  }
  for (const text of await Promise.all(peers)) {
    assertEquals(text, "ready\nsent");
  }
  assertEquals(checker.next, Array(producers).fill(count));
});

test("a producer of several may die over a reservation", {
  needs: ["run"],
}, async (scope) => {
  const name = ringName(scope);
  using reader = openRingReader(name, { createNew: true, producers: 2 });
  const peer = denoPeer("ring_hold.ts", [name, "reserve"], {
    stdout: "piped",
    stderr: "null",
  }).spawn();
  while (reader.producers === 0) await new Promise((r) => setTimeout(r, 5));
  using other = openRingWriter(name);
  peer.kill("SIGKILL");
  await peer.output();
  for (let i = 0; i < 10; i++) {
    await other.send(message(8, i));
    assertEquals(await reader.receive(), message(8, i));
  }
});

test("a ring drops its oldest messages, and says how many", {}, (scope) => {
  const name = ringName(scope);
  const options = { createNew: true, capacity: 256, dropOldest: true };
  using reader = openRingReader(name, options);
  using writer = openRingWriter(name);
  const messages = new MessageWriter(0, writer.maxMessageLength);
  const checker = new MessageChecker(reader.maxMessageLength);
  for (let i = 0; i < 5000; i++) {
    const length = messages.write(i);
    if (i % 3 === 0) {
      writer.reserveSync(length).set(messages.bytes.subarray(0, length));
      writer.commit();
    } else if (i % 3 === 1) {
      assert(writer.enqueue(messages.bytes.subarray(0, length)));
    } else writer.sendSync(messages.bytes.subarray(0, length));
    if (i % 17 === 0) {
      for (let j = i % 4; j >= 0; j--) {
        const found = reader.tryReceive();
        if (found) checker.check(found, true);
      }
    }
  }
  writer.flush();
  for (let m; (m = reader.tryReceive());) checker.check(m, true);
  assertEquals(checker.next[0], 5000);
  assertEquals(reader.dropped + checker.count, 5000);
  assertEquals(writer.dropped, reader.dropped);
  assert(reader.dropped > 0);
});

test("a reader and a writer that drops do not disturb each other", {
  needs: ["run"],
}, async (scope) => {
  const name = ringName(scope);
  const options = { createNew: true, capacity: 512, dropOldest: true };
  using reader = openRingReader(name, options);
  const count = 300_000;
  const peer = output(
    denoPeer("ring_stream.ts", [name, "write", "sync", `${count}`]),
  );
  const checker = new MessageChecker(reader.maxMessageLength);
  for (;;) {
    const view = checker.count % 2 === 0
      ? reader.peekSync()
      : reader.receiveSync();
    if (view === null) break;
    checker.check(view, true);
    reader.release();
  }
  assertEquals(checker.next[0], count);
  assertEquals(checker.count + reader.dropped, count);
  assertEquals(await peer, "ready\nsent");
});
