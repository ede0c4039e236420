import { openRingReader, openRingWriter } from "@ipc/ring";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { test } from "../_util/test.ts";
import { sleep } from "../_util/wait.ts";
import { message, ringName } from "./_ring.ts";

const { Busy, TimedOut, WouldBlock } = Deno.errors;

test("receive() gives up when it is aborted, and loses nothing", {}, async (
  scope,
) => {
  const name = ringName(scope);
  using reader = openRingReader(name, { createNew: true });
  using writer = openRingWriter(name);
  const reason = new Error("enough");
  await assertRejects(
    () => reader.receive({ signal: AbortSignal.abort(reason) }),
    Error,
    "enough",
  );
  const controller = new AbortController();
  const waits = assertRejects(
    () => reader.receive({ signal: controller.signal }),
    Error,
    "enough",
  );
  await sleep(5);
  controller.abort(reason);
  await waits;
  writer.sendSync(message(1, 1));
  assertEquals(await reader.receive(), message(1, 1));
  await assertRejects(() => reader.receive({ timeout: 5 }), TimedOut);
  await assertRejects(() => reader.receive({ timeout: 0 }), TimedOut);
  await assertRejects(() => reader.receive({ timeout: -1 }), RangeError);
  assertThrows(() => reader.receiveSync({ timeout: 5 }), TimedOut);
  assertThrows(() => reader.receiveSync({ timeout: 0 }), TimedOut);
  assertThrows(() => reader.receiveSync({ timeout: NaN }), RangeError);
});

test("waits are served in order, also beside sync ones", {}, async (scope) => {
  const name = ringName(scope);
  using reader = openRingReader(name, { createNew: true });
  using writer = openRingWriter(name);
  const waits = [reader.receive(), reader.receive(), reader.receive()];
  await sleep(5);
  assertEquals(reader.tryReceive(), undefined);
  // A sync receive takes what comes; those that wait are still woken.
  writer.sendSync(message(1, 0));
  assertEquals(reader.receiveSync(), message(1, 0));
  assertThrows(() => reader.receiveSync({ timeout: 2 }), TimedOut);
  for (let i = 1; i <= 3; i++) writer.sendSync(message(1, i));
  const got = await Promise.all(waits);
  assertEquals(got.map((m) => m![0]), [1, 2, 3]);
});

test("send() waits for room, in order, also before sync ones", {}, async (
  scope,
) => {
  const name = ringName(scope);
  using reader = openRingReader(name, { createNew: true, capacity: 64 });
  using writer = openRingWriter(name);
  let sent = 0;
  while (writer.trySend(message(8, sent))) sent++;
  assertEquals(sent, 4);
  const waits = [4, 5].map((i) => writer.send(message(8, i)));
  await sleep(5);
  assert(!writer.trySend(message(8, 99)));
  assertThrows(() => writer.sendSync(message(8, 99), { timeout: 2 }), TimedOut);
  await assertRejects(() => writer.send(message(8), { timeout: 2 }), TimedOut);
  const controller = new AbortController();
  const aborted = assertRejects(
    () => writer.send(message(8, 99), { signal: controller.signal }),
    Error,
    "enough",
  );
  await sleep(1);
  controller.abort(new Error("enough"));
  await aborted;
  for (let i = 0; i < 3; i++) assertEquals(reader.receiveSync()![0], i);
  // There is room for those that wait, and for this one after them.
  writer.sendSync(message(8, 6));
  await Promise.all(waits);
  for (let i = 3; i <= 6; i++) assertEquals(reader.receiveSync()![0], i);
  assertEquals(reader.tryReceive(), undefined);
});

test("a full ring fails where that is asked for", {}, async (scope) => {
  const name = ringName(scope);
  using _reader = openRingReader(name, { createNew: true, capacity: 64 });
  using writer = openRingWriter(name, { whenFull: "error" });
  for (let i = 0; i < 4; i++) writer.sendSync(message(8));
  assertThrows(() => writer.sendSync(message(8)), WouldBlock, "holds 64 bytes");
  assertThrows(() => writer.reserveSync(8), WouldBlock);
  await assertRejects(() => writer.send(message(8)), WouldBlock);
  await assertRejects(() => writer.reserve(8), WouldBlock);
});

test(
  "a message that is too long is refused, with both numbers",
  {},
  async (scope) => {
    const name = ringName(scope);
    using reader = openRingReader(name, { createNew: true, capacity: 64 });
    using writer = openRingWriter(name);
    assertThrows(() => writer.sendSync(message(25)), RangeError, "25 bytes");
    assertThrows(() => writer.trySend(message(25)), RangeError, "24 bytes");
    assertThrows(() => writer.reserveSync(25), RangeError);
    assertThrows(() => writer.tryReserve(-1), RangeError);
    assertThrows(
      () => writer.sendSync("x" as unknown as Uint8Array),
      TypeError,
    );
    writer.sendSync(message(24, 5));
    assertThrows(() => reader.receiveIntoSync(message(23)), RangeError, "24");
    assertThrows(
      () => reader.receiveIntoSync([] as unknown as Uint8Array),
      TypeError,
    );
    for (const wrong of [null, undefined, "x".repeat(24), []]) {
      await assertRejects(
        () => reader.receiveInto(wrong as unknown as Uint8Array),
        TypeError,
        `Cannot receive from ring ${JSON.stringify(name)}`,
      );
    }
    const own = message(30);
    assertEquals(reader.receiveIntoSync(own.subarray(3)), 24);
    assertEquals(own.subarray(3, 27), message(24, 5));
  },
);

test("one reservation is open at a time", {}, async (scope) => {
  const name = ringName(scope);
  using reader = openRingReader(name, { createNew: true, capacity: 64 });
  using writer = openRingWriter(name);
  assertThrows(() => writer.commit(), TypeError, "nothing is reserved");
  assertThrows(() => writer.cancel(), TypeError);
  const view = writer.tryReserve(16)!;
  view.fill(1);
  assertThrows(() => writer.sendSync(message(1)), Busy, "16 bytes");
  assertThrows(() => writer.tryReserve(1), Busy);
  await assertRejects(() => writer.send(message(1)), Busy);
  assertThrows(() => writer.commit(17), RangeError);
  assertEquals(reader.tryReceive(), undefined);
  writer.cancel();
  assertEquals(reader.tryReceive(), undefined);
  (await writer.reserve(16)).fill(2);
  writer.commit(3);
  assertEquals(await reader.peek(), message(3, 2));
  reader.release();
});

test("what is enqueued is seen when it is flushed, or there is no room", {}, (
  scope,
) => {
  const name = ringName(scope);
  using reader = openRingReader(name, { createNew: true, capacity: 64 });
  using writer = openRingWriter(name);
  assert(writer.enqueue(message(8, 0)));
  assertEquals(reader.tryReceive(), undefined);
  writer.flush();
  assertEquals(reader.tryReceive(), message(8, 0));
  for (let i = 1; i <= 4; i++) assert(writer.enqueue(message(8, i)));
  assert(!writer.enqueue(message(8, 5)));
  for (let i = 1; i <= 4; i++) assertEquals(reader.receiveSync()![0], i);
});

test("a send that fails wakes a reader of what was enqueued before", {}, async (
  scope,
) => {
  const name = ringName(scope);
  using reader = openRingReader(name, { createNew: true, capacity: 64 });
  using writer = openRingWriter(name);
  const received = reader.receive({ timeout: 5000 });
  await sleep(10);
  assert(writer.enqueue(message(24, 1)));
  assert(writer.enqueue(message(24, 2)));
  assertThrows(() => writer.sendSync(message(24), { timeout: -1 }), RangeError);
  assertEquals(await received, message(24, 1));
});

test("a message that is refused may be dropped", {}, (scope) => {
  const name = ringName(scope);
  using reader = openRingReader(name, {
    createNew: true,
    capacity: 64,
    dropOldest: true,
  });
  using writer = openRingWriter(name);
  for (let i = 0; i < 5; i++) {
    assert(writer.trySend(message(24, i)));
    const short = new Uint8Array(8);
    assertThrows(() => reader.receiveIntoSync(short), RangeError);
  }
  assertEquals(writer.dropped, 3);
  assertEquals(reader.receiveSync(), message(24, 3));
});

test("what was looked at stays until it is released", {}, (scope) => {
  const name = ringName(scope);
  const first = openRingReader(name, { createNew: true, capacity: 64 });
  using writer = openRingWriter(name);
  for (let i = 0; i < 4; i++) writer.sendSync(message(8, i));
  assertEquals(first.tryPeek()![0], 0);
  assertEquals(first.peekSync()![0], 1);
  assert(!writer.trySend(message(8)));
  first.release();
  assertEquals(first.tryPeek()![0], 2);
  first.close();
  using second = openRingReader(name);
  assertEquals(second.receiveSync()![0], 2);
});

test("views and messages survive what transfers their memory", {}, (scope) => {
  const name = ringName(scope);
  using reader = openRingReader(name, { createNew: true });
  using writer = openRingWriter(name);
  const own = message(64, 1);
  for (let i = 0; i < 3; i++) {
    own.fill(i);
    writer.sendSync(own);
    own.fill(9);
    assertEquals(reader.receiveIntoSync(own), 64);
    assertEquals(own, message(64, i));
  }
  structuredClone(own.buffer, { transfer: [own.buffer] });
  writer.sendSync(message(64, 2));
  const copy = reader.receiveSync()!;
  structuredClone(copy.buffer, { transfer: [copy.buffer] });
  writer.sendSync(message(64, 3));
  assertEquals(reader.receiveSync(), message(64, 3));
  assertThrows(() => {
    writer.sendSync(message(8));
    reader.receiveIntoSync(own);
  }, RangeError);
});

test("a buffer that is used again may be of any length, and may shrink", {}, (
  scope,
) => {
  const name = ringName(scope);
  using reader = openRingReader(name, { createNew: true });
  using writer = openRingWriter(name);
  const memory = new ArrayBuffer(64, { maxByteLength: 64 });
  const whole = new Uint8Array(memory);
  for (const own of [new Uint8Array(67).subarray(1, 63), whole, message(61)]) {
    const start = message(own.length, 7);
    for (const length of [own.length, 33, 2, 0, own.length]) {
      own.fill(length);
      writer.sendSync(own);
      writer.sendSync(start.subarray(0, length));
      own.set(start);
      assertEquals(reader.receiveIntoSync(own), own.length);
      assertEquals(own, message(own.length, length));
      assertEquals(reader.receiveIntoSync(own), length);
      assertEquals(own.subarray(0, length), message(length, 7));
      assertEquals(own.subarray(length), message(own.length - length, length));
    }
  }
  memory.resize(16);
  writer.sendSync(message(12, 3));
  assertEquals(reader.receiveIntoSync(whole), 12);
  assertEquals(whole.subarray(0, 12), message(12, 3));
  writer.sendSync(whole);
  assertEquals(reader.receiveSync()!.length, 16);
  writer.sendSync(message(17));
  assertThrows(() => reader.receiveIntoSync(whole), RangeError);
});

test("a buffer that is used again may grow", {}, (scope) => {
  const name = ringName(scope);
  using reader = openRingReader(name, { createNew: true });
  using writer = openRingWriter(name);
  const memory = new SharedArrayBuffer(16, { maxByteLength: 64 });
  const whole = new Uint8Array(memory);
  for (const length of [16, 24, 64]) {
    memory.grow(length);
    for (let i = 0; i < 3; i++) {
      whole.set(message(length, i));
      writer.sendSync(whole);
      whole.fill(0);
      assertEquals(reader.receiveIntoSync(whole), length);
      assertEquals(whole.slice(), message(length, i));
    }
  }
});
