/**
 * One side of a ring: sends or receives messages that can be checked, in one
 * of the ways, and reports in lines.
 *
 * ring_stream.ts NAME write|read WAY COUNT [PRODUCER] [FROM] [LONGEST]
 */

import { openRingReader, openRingWriter } from "@ipc/ring";
import type { RingReader, RingWriter } from "@ipc/ring";
import { MessageChecker, MessageWriter } from "../_util/ring_messages.ts";

const [name, role, way, countText, producer = "0", from = "0", most] = Deno
  .args as [string, string, string, string, string?, string?, string?];
const count = Number(countText);

if (role === "write") await write(openRingWriter(name));
else await read(openRingReader(name));

async function write(ring: RingWriter): Promise<void> {
  const longest = most ? Number(most) : ring.maxMessageLength;
  const writer = new MessageWriter(Number(producer), longest);
  console.log("ready");
  const start = Number(from);
  for (let i = start; i < start + count; i++) {
    const message = writer.bytes.subarray(0, writer.write(i));
    if (way === "sync") ring.sendSync(message);
    else if (way === "async") await ring.send(message);
    else if (way === "try") {
      while (!ring.trySend(message));
    } else if (way === "batch") {
      if (!ring.enqueue(message)) ring.sendSync(message);
      else if (i % 7 === 0) ring.flush();
    } else if (way === "reserve") {
      ring.reserveSync(message.length).set(message);
      ring.commit();
    } else if (way === "shrink") {
      const room = await ring.reserve(longest);
      room.set(message);
      ring.commit(message.length);
    } else throw new Error(way);
  }
  ring.close();
  console.log("sent");
}

async function read(ring: RingReader): Promise<void> {
  const longest = most ? Number(most) : ring.maxMessageLength;
  const checker = new MessageChecker(longest, 64);
  checker.next[Number(producer)] = Number(from);
  console.log("ready");
  const own = new Uint8Array(ring.maxMessageLength);
  const more = () => checker.count < count;
  if (way === "sync") {
    while (more()) checker.check(ring.receiveSync()!);
  } else if (way === "into") {
    while (more()) checker.check(own.subarray(0, ring.receiveIntoSync(own)!));
  } else if (way === "async") {
    while (more()) checker.check((await ring.receive())!);
  } else if (way === "views") {
    while (more()) {
      checker.check(ring.peekSync()!);
      const next = ring.tryPeek();
      if (next) checker.check(next);
      ring.release();
    }
  } else if (way === "iterate") {
    for await (const message of ring) checker.check(message);
  } else if (way === "batches") {
    for await (const batch of ring.batches()) {
      for (const message of batch) checker.check(message);
    }
  } else if (way === "viewBatches") {
    for await (const batch of ring.batches({ copy: false })) {
      for (const message of batch) checker.check(message);
    }
  } else throw new Error(way);
  ring.close();
  console.log(`received ${checker.count}`);
}
