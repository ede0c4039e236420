import {
  array,
  Atomic,
  atomic,
  i16,
  i32,
  i64,
  i8,
  u16,
  u32,
  u64,
  u8,
} from "@ipc/struct";
import { assert, assertEquals } from "@std/assert";
import { test } from "../_util/test.ts";

test("Atomic does each step on a number of every size", {}, () => {
  for (const type of [u8, u16, u32, i8, i16, i32]) {
    const cell = atomic(type as typeof u32).view(new ArrayBuffer(4));
    assert(cell instanceof Atomic);
    cell.store(12);
    const before = [
      cell.add(5), // 17
      cell.sub(2), // 15
      cell.and(6), // 6
      cell.or(9), // 15
      cell.xor(3), // 12
      cell.exchange(100),
      cell.compareExchange(99, 1),
      cell.compareExchange(100, 101),
    ];
    assertEquals(before, [12, 17, 15, 6, 15, 12, 100, 100]);
    assertEquals(cell.load(), 101);
  }
});

test("Atomic does each step on a bigint", {}, () => {
  for (const type of [u64, i64]) {
    const cell = atomic(type as typeof u64).view(new ArrayBuffer(16), 8);
    cell.store(2n ** 40n);
    assertEquals(cell.add(1n), 2n ** 40n);
    assertEquals(cell.exchange(-1n), 2n ** 40n + 1n);
    assertEquals(cell.load(), type === u64 ? 2n ** 64n - 1n : -1n);
  }
});

test("Atomic wraps round when a number is too large", {}, () => {
  const small = atomic(u8).view(new ArrayBuffer(1));
  small.store(255);
  small.add(2);
  assertEquals(small.load(), 1);
  const signed = atomic(i8).view(new ArrayBuffer(1));
  signed.store(127);
  signed.add(1);
  assertEquals(signed.load(), -128);
});

test("Atomic changes its own bytes alone", {}, () => {
  const buffer = new ArrayBuffer(8);
  const cells = array(atomic(u16), 4).view(buffer);
  cells.get(1).sub(1);
  assertEquals([...new Uint8Array(buffer)], [0, 0, 255, 255, 0, 0, 0, 0]);
});
