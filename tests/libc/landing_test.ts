/** Messages that are handed out in the memory they arrived in. */

import { assert, assertEquals } from "@std/assert";
import { Landing } from "../../libc/landing.ts";
import { test } from "../_util/test.ts";

/** Has a message arrive as the system does it: wherever the target begins. */
function land(
  landing: Landing,
  size: number,
  fill: number,
): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset } = landing.target;
  new Uint8Array(buffer, byteOffset, size).fill(fill);
  return landing.take(size);
}

for (const room of [64, 300, 8192, 8193, 50_000]) {
  test(`messages of up to ${room} bytes stay as they arrived`, {}, () => {
    const landing = new Landing(room);
    const kept: Uint8Array[] = [];
    // Many of one size, then changing ones, and some as long as can be.
    const sizeOf = (i: number) =>
      i % 50 === 0 ? room : i % 200 < 100 ? room >> 2 : i * 7 % (room + 1);
    for (let i = 0; i < 2000; i++) kept.push(land(landing, sizeOf(i), i & 255));
    for (const [i, message] of kept.entries()) {
      assertEquals(message.byteLength, sizeOf(i));
      assertEquals(message.byteOffset % 8, 0);
      assert(message.every((byte) => byte === (i & 255)), `message ${i}`);
    }
  });

  test(`there is room for ${room} bytes whatever came before`, {}, () => {
    const landing = new Landing(room);
    for (let i = 0; i < 3000; i++) {
      const { buffer, byteOffset } = landing.target;
      assert(byteOffset + room <= buffer.byteLength, `target ${i}`);
      // A target without bytes would have no address.
      assert(landing.target.byteLength > 0, `target ${i}`);
      const message = land(landing, i * 13 % (room + 1), 1);
      if (i % 10 === 0) message.buffer.transfer();
      if (i % 100 === 0) landing.target.buffer.transfer();
    }
  });
}

test("a try in vain leaves the target where it is", {}, () => {
  const landing = new Landing(64);
  for (let i = 0; i < 10; i++) assertEquals(landing.target.byteOffset, 0);
  land(landing, 60, 1);
  for (let i = 0; i < 10; i++) assertEquals(landing.target.byteOffset, 64);
});

test("empty messages take no memory", {}, () => {
  const landing = new Landing(64);
  const { buffer } = landing.target;
  for (let i = 0; i < 10; i++) land(landing, 0, 0);
  assert(landing.target.buffer === buffer);
  assertEquals(landing.target.byteOffset, 0);
});
