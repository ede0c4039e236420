/** The bytes of shared memory: views, other processes, reading only. */

import { openSharedMemory, pageSize } from "@ipc/shm";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { compileC, output, withoutProgram } from "../_util/child.ts";
import { notLinux, test } from "../_util/test.ts";
import { sleep } from "../_util/wait.ts";

const { PermissionDenied } = Deno.errors;

test("SharedMemory.buffer is one ArrayBuffer of byteLength bytes", {}, (t) => {
  using memory = openSharedMemory(t.name(), { create: true, size: 64 });
  assertInstanceOf(memory.buffer, ArrayBuffer);
  assertStrictEquals(memory.buffer, memory.buffer);
  assertEquals(memory.byteLength, memory.buffer.byteLength);
});

test("SharedMemory.buffer carries every kind of view", {}, (t) => {
  const name = t.name();
  using memory = openSharedMemory(name, { create: true, size: 64 });
  using other = openSharedMemory(name);
  const { buffer } = memory;
  new Float64Array(buffer, 0, 1)[0] = Math.PI;
  new Float32Array(buffer, 8, 1)[0] = 0.5;
  new Int32Array(buffer, 12, 1)[0] = -7;
  new BigUint64Array(buffer, 16, 1)[0] = 2n ** 64n - 1n;
  new Uint16Array(buffer, 24, 1)[0] = 0xabcd;
  new DataView(buffer).setInt16(26, -2, false);
  new TextEncoder().encodeInto("größe", new Uint8Array(buffer, 28));

  const view = new DataView(other.buffer);
  assertEquals(view.getFloat64(0, true), Math.PI);
  assertEquals(view.getFloat32(8, true), 0.5);
  assertEquals(view.getInt32(12, true), -7);
  assertEquals(view.getBigUint64(16, true), 2n ** 64n - 1n);
  assertEquals(view.getUint16(24, true), 0xabcd);
  assertEquals(view.getInt16(26, false), -2);
  const text = new Uint8Array(other.buffer, 28, 7).slice();
  assertEquals(new TextDecoder().decode(text), "größe");
});

test("SharedMemory.buffer carries Atomics", {}, (t) => {
  const name = t.name();
  using memory = openSharedMemory(name, { create: true, size: 64 });
  using other = openSharedMemory(name);
  const [mine, theirs] = [
    new Int32Array(memory.buffer),
    new Int32Array(other.buffer),
  ];
  assertEquals(Atomics.add(mine, 1, 5), 0);
  assertEquals(Atomics.compareExchange(theirs, 1, 5, 9), 5);
  assertEquals(Atomics.load(mine, 1), 9);
  const wide = new BigInt64Array(memory.buffer);
  Atomics.store(wide, 3, -1n);
  assertEquals(Atomics.exchange(new BigInt64Array(other.buffer), 3, 1n), -1n);
});

test("SharedMemory.buffer is atomic when a C program adds at the same time", {
  needs: ["run", "read", "write"],
  ignore: notLinux || withoutProgram("cc"),
  deadline: 20_000,
}, async (t) => {
  const name = t.name();
  const times = 2_000_000;
  using memory = openSharedMemory(name, { create: true, size: 8 });
  const program = await compileC("shm_peer.c", t.folder());
  const running = output(
    new Deno.Command(program, { args: ["add", name, `${times}`] }),
  );
  const numbers = new Uint32Array(memory.buffer);
  while (Atomics.load(numbers, 0) === 0) {
    await sleep(0);
  }
  for (let i = 0; i < times; i++) Atomics.add(numbers, 0, 1);
  await running;
  assertEquals(numbers[0], 2 * times);
});

test(
  "SharedMemory keeps writes to itself when it was opened for reading only",
  {
    ignore: notLinux,
  },
  (t) => {
    const name = t.name();
    const page = pageSize();
    using memory = openSharedMemory(name, { create: true, size: 3 * page });
    using reader = openSharedMemory(name, { write: false });
    assertEquals([reader.readOnly, reader.created], [true, false]);
    const [bytes, seen] = [
      new Uint8Array(memory.buffer),
      new Uint8Array(reader.buffer),
    ];
    bytes.fill(1);
    assert(seen.every((byte) => byte === 1));
    seen[page] = 2;
    seen[3 * page - 1] = 3;
    assert(bytes.every((byte) => byte === 1));
    using again = openSharedMemory(name);
    assert(new Uint8Array(again.buffer).every((byte) => byte === 1));
    // A page that it did not write goes on following.
    bytes[0] = 4;
    assertEquals(seen[0], 4);
  },
);

test(
  "SharedMemory throws PermissionDenied when it was opened for reading only and is to change",
  {
    ignore: notLinux,
  },
  (t) => {
    const name = t.name();
    using memory = openSharedMemory(name, { create: true, size: 100 });
    using reader = openSharedMemory(name, { write: false });
    const changes = [
      () => reader.writeSync(new Uint8Array(1)),
      () => reader.writeSync(new Uint8Array(0)),
      () => reader.resize(200),
      () => reader.resize(100),
      () => reader.resize(50, { shrink: true }),
    ];
    for (const change of changes) {
      assertThrows(change, PermissionDenied, "reading only");
    }
    assertEquals(memory.stat().size, 100);
    assertEquals(memory.readSync(new Uint8Array(100)), 100);
  },
);

test("SharedMemory opens the descriptor for reading only when write is false", {
  needs: ["all"],
  ignore: notLinux,
}, (t) => {
  const name = t.name();
  using memory = openSharedMemory(name, { create: true, size: 100 });
  using reader = openSharedMemory(name, { write: false });
  const access = [memory, reader].map(({ fd }) => {
    const info = Deno.readTextFileSync(`/proc/self/fdinfo/${fd}`);
    return parseInt(/flags:\s+(\d+)/.exec(info)![1]!, 8) & 3;
  });
  assertEquals(access, [2, 0]);
});
