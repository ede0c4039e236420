/** Messages that are copied into memory for many of them. */

import { assert, assertEquals } from "@std/assert";
import { Slab } from "../../libc/slab.ts";
import { test } from "../_util/test.ts";

/** A place of messages, as bytes and as whole words. */
function place(size: number): [
  Uint8Array<ArrayBuffer>,
  BigInt64Array<ArrayBuffer>,
] {
  const buffer = new ArrayBuffer(size + 7 & ~7);
  return [new Uint8Array(buffer), new BigInt64Array(buffer)];
}

test("Slab.copy() copies messages of any length, and each for good", {}, () => {
  const slab = new Slab();
  const kept: Uint8Array[] = [];
  const sizes = [...Array(300).keys(), 4095, 4096, 4097, 70_000];
  const [bytes, longs] = place(8 + 70_000);
  for (let round = 0; round < 3; round++) {
    for (const [i, size] of sizes.entries()) {
      bytes.fill(i + round & 255);
      kept.push(slab.copy(bytes, longs, size, round === 1 ? 8 : 0));
    }
  }
  bytes.fill(0);
  for (const [at, message] of kept.entries()) {
    const i = at % sizes.length;
    const fill = i + Math.floor(at / sizes.length) & 255;
    assertEquals(message.byteLength, sizes[i]);
    assert(message.every((byte) => byte === fill), `message ${at}`);
  }
});

test("Slab.copy() begins where it is told, at a whole word", {}, () => {
  const slab = new Slab();
  for (const size of [0, 1, 7, 8, 9, 64, 256, 257, 300]) {
    const [bytes, longs] = place(24 + size);
    for (let i = 0; i < bytes.length; i++) bytes[i] = i * 7;
    for (const start of [0, 8, 16]) {
      const copy = slab.copy(bytes, longs, size, start);
      assertEquals(copy, bytes.slice(start, start + size));
    }
  }
});

for (const size of [0, 64, 300]) {
  test(
    `Slab.copy() of ${size} bytes goes on when earlier messages were transferred`,
    {},
    () => {
      const slab = new Slab();
      const [bytes, longs] = place(size);
      bytes.fill(5);
      for (let i = 0; i < 20; i++) {
        const message = slab.copy(bytes, longs, size);
        assertEquals(message, new Uint8Array(size).fill(5));
        if (i % 3 !== 1) message.buffer.transfer();
      }
    },
  );
}
