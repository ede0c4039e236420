/** Where a mutex can be. */

import { LOCK_ALIGNMENT, Mutex, MUTEX_SIZE } from "@ipc/lock";
import { assertEquals, assertThrows } from "@std/assert";
import { threadNamespace } from "../../libc/thread.ts";
import { test } from "../_util/test.ts";
import { memory } from "./_memory.ts";

test("Mutex stands beside data at any offset that is aligned", {}, (t) => {
  const { buffer } = memory(t, 64);
  const bytes = new Uint8Array(buffer).fill(0xee);
  for (let at = 0; at <= 64 - MUTEX_SIZE; at += LOCK_ALIGNMENT) {
    bytes.fill(0, at, at + MUTEX_SIZE);
    using mutex = new Mutex(buffer, at);
    mutex.acquireSync().release();
    mutex.close();
    bytes.fill(0xee, at, at + MUTEX_SIZE);
  }
  assertEquals(bytes, new Uint8Array(64).fill(0xee));
});

test("Mutex begins with its kind, its version and its namespace", {}, (t) => {
  const { buffer } = memory(t);
  using _mutex = new Mutex(buffer, 8);
  const bytes = new Uint8Array(buffer);
  assertEquals(new TextDecoder().decode(bytes.subarray(8, 11)), "MTX");
  assertEquals(bytes[11], 1);
  const view = new DataView(buffer);
  assertEquals(view.getInt32(12, true), threadNamespace());
  assertEquals(view.getBigUint64(16, true), 0n);
});

test("Mutex is refused where it does not fit", {}, (t) => {
  const { buffer } = memory(t, 64);
  for (const at of [1, 4, 12, 56, 64, 72, -8, 0.5, NaN, 2 ** 53]) {
    assertThrows(() => new Mutex(buffer, at), RangeError, "Cannot");
  }
  assertThrows(() => new Mutex(new ArrayBuffer(8)), RangeError, "16 bytes");
  assertThrows(() => new Mutex(buffer, "8" as never), TypeError, "Cannot");
  assertEquals(new Uint8Array(buffer), new Uint8Array(64));
});

test("Mutex is refused where there is no memory of fixed length", {}, () => {
  for (const buffer of [null, 5, new Uint8Array(64), {}, "memory"]) {
    assertThrows(() => new Mutex(buffer as never), TypeError, "Cannot place");
  }
  const resizable = new ArrayBuffer(16, { maxByteLength: 64 });
  assertThrows(() => new Mutex(resizable), TypeError, "length can change");
  const growable = new SharedArrayBuffer(16, { maxByteLength: 64 });
  assertThrows(() => new Mutex(growable), TypeError, "length can change");
  const detached = new ArrayBuffer(16);
  detached.transfer();
  assertThrows(() => new Mutex(detached), RangeError, "the memory has 0");
});

test("Mutex is refused where something else is", {}, (t) => {
  const { buffer } = memory(t, 64);
  new Uint8Array(buffer).set([1, 2, 3, 4]);
  const error = assertThrows(
    () => new Mutex(buffer),
    TypeError,
    "Cannot use the mutex at byte 0: there is something else",
  );
  assertEquals(error.message.includes("0x4030201"), true);
});

test("Mutex is refused in another namespace", {}, (t) => {
  const { buffer } = memory(t, 64);
  new Mutex(buffer).close();
  new Int32Array(buffer)[1]! += 1;
  const { NotSupported } = Deno.errors;
  assertThrows(() => new Mutex(buffer), NotSupported, "namespace");
});

test("Mutex is refused when its options are none", {}, () => {
  const wait = "spin" as never;
  assertThrows(
    () => new Mutex(new ArrayBuffer(16), 0, { wait }),
    TypeError,
    "Cannot use wait",
  );
});
