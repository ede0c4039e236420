/** Long messages, which are copied whole or in pieces. */

import { openRingReader, openRingWriter } from "@ipc/ring";
import { assert, assertEquals } from "@std/assert";
import { test } from "../_util/test.ts";
import { ringName } from "./_ring.ts";

/** Counts into how many pieces what is copied to it was cut. */
class Target extends Uint8Array<ArrayBuffer> {
  pieces = 0;

  constructor(length: number) {
    super(new ArrayBuffer(length));
  }

  override set(source: ArrayLike<number>, offset?: number): void {
    this.pieces++;
    super.set(source, offset);
  }
}

test("long messages come whole, whichever way they are copied", {}, (scope) => {
  const name = ringName(scope);
  using reader = openRingReader(name, { createNew: true, capacity: 65_536 });
  using writer = openRingWriter(name);
  const noise = crypto.getRandomValues(new Uint8Array(32_760));
  const ways = new Set<boolean>();
  for (let i = 0; i < 200; i++) {
    const sent = noise.subarray(i, 16_384 + 117 * (i % 140));
    const target = new Target(32_760);
    writer.sendSync(sent);
    assertEquals(reader.receiveIntoSync(target), sent.length);
    const received = new Uint8Array(target.buffer);
    assertEquals(received.subarray(0, sent.length), sent);
    assert(received.subarray(sent.length).every((byte) => byte === 0));
    ways.add(target.pieces === 1);
  }
  assertEquals(ways.size, 2);
});
