/** Resizing shared memory, and following when others do. */

import { openSharedMemory, pageSize, unlinkSharedMemory } from "@ipc/shm";
import {
  assert,
  assertEquals,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { assertOsError } from "../_util/error.ts";
import { notLinux, test } from "../_util/test.ts";

const onLinux = { ignore: notLinux } as const;

/** How many lines of this process's map show a name. */
function mappings(name: string): string[] {
  return Deno.readTextFileSync("/proc/self/maps").split("\n")
    .filter((line) => line.includes(name.slice(1)));
}

test(
  "SharedMemory.resize() keeps the bytes and adds zeros when it grows",
  onLinux,
  (t) => {
    using memory = openSharedMemory(t.name(), { create: true, size: 100 });
    new Uint8Array(memory.buffer).fill(6);
    for (const size of [101, 5000, 1_000_000]) {
      memory.resize(size);
      assertEquals(memory.byteLength, size);
      assertEquals(memory.buffer.byteLength, size);
      assertEquals(memory.stat().size, size);
      const bytes = new Uint8Array(memory.buffer);
      assert(bytes.subarray(0, 100).every((byte) => byte === 6));
      assert(bytes.subarray(100).every((byte) => byte === 0));
    }
  },
);

test("SharedMemory.resize() reserves the memory when it grows", {
  needs: ["all"],
  ignore: notLinux,
}, (t) => {
  const name = t.name();
  using memory = openSharedMemory(name, { create: true, size: 100 });
  memory.resize(1_000_000);
  assert(Deno.statSync(`/dev/shm${name}`).blocks! * 512 >= 1_000_000);
});

test(
  "SharedMemory.resize() detaches the old buffer and its views",
  onLinux,
  (t) => {
    using memory = openSharedMemory(t.name(), { create: true, size: 100 });
    const { buffer } = memory;
    const view = new Uint8Array(buffer).fill(1);
    memory.resize(200);
    assert(memory.buffer !== buffer);
    assertEquals([buffer.byteLength, view.length, view[0]], [0, 0, undefined]);
    view[0] = 5;
    assertEquals(new Uint8Array(memory.buffer)[0], 1);
  },
);

test("SharedMemory.resize() unmaps the old bytes", {
  needs: ["all"],
  ignore: notLinux,
}, (t) => {
  const name = t.name();
  const page = pageSize();
  using memory = openSharedMemory(name, { create: true, size: page });
  for (let pages = 2; pages < 10; pages++) memory.resize(pages * page);
  const lines = mappings(name);
  assertEquals(lines.length, 1);
  const [start, end] = lines[0]!.split(" ")[0]!.split("-");
  assertEquals(parseInt(end!, 16) - parseInt(start!, 16), 9 * page);
});

test(
  "SharedMemory.resize() keeps the buffer when the size is the same",
  onLinux,
  (t) => {
    using memory = openSharedMemory(t.name(), { create: true, size: 100 });
    const { buffer } = memory;
    memory.resize(100);
    assertStrictEquals(memory.buffer, buffer);
    assertEquals(buffer.byteLength, 100);
  },
);

test(
  "SharedMemory.resize() throws RangeError when it would shrink and shrink is not set",
  onLinux,
  (t) => {
    using memory = openSharedMemory(t.name(), { create: true, size: 100 });
    const bytes = new Uint8Array(memory.buffer).fill(1);
    for (const options of [{}, { shrink: false }]) {
      assertThrows(() => memory.resize(99, options), RangeError, "shrink");
    }
    assertEquals(memory.stat().size, 100);
    assertEquals(bytes.length, 100);
  },
);

test(
  "SharedMemory.resize() drops the rest when it shrinks and shrink is set",
  onLinux,
  (t) => {
    using memory = openSharedMemory(t.name(), { create: true, size: 9000 });
    new Uint8Array(memory.buffer).fill(1);
    memory.resize(10, { shrink: true });
    assertEquals([memory.byteLength, memory.stat().size], [10, 10]);
    memory.resize(9000);
    const bytes = new Uint8Array(memory.buffer);
    assert(bytes.subarray(0, 10).every((byte) => byte === 1));
    assert(bytes.subarray(10).every((byte) => byte === 0));
  },
);

test("SharedMemory.resize() throws when the size is none", onLinux, (t) => {
  using memory = openSharedMemory(t.name(), { create: true, size: 100 });
  for (const size of [0, -1, 1.5, NaN, Infinity, 2 ** 53]) {
    const resize = () => memory.resize(size, { shrink: true });
    assertThrows(resize, RangeError, "size");
  }
  assertThrows(() => memory.resize("8" as unknown as number), TypeError);
  assertEquals(memory.stat().size, 100);
});

test(
  "SharedMemory.resize() throws ENOSPC when the size is too much, and leaves the object",
  onLinux,
  (t) => {
    using memory = openSharedMemory(t.name(), { create: true, size: 100 });
    const bytes = new Uint8Array(memory.buffer).fill(1);
    assertOsError(() => memory.resize(2 ** 50), Error, "ENOSPC");
    assertEquals(memory.stat().size, 100);
    assertEquals(memory.byteLength, 100);
    assert(bytes.every((byte) => byte === 1) && bytes.length === 100);
  },
);

test(
  "SharedMemory.remap() maps the size that another handle set",
  onLinux,
  (t) => {
    const name = t.name();
    using memory = openSharedMemory(name, { create: true, size: 100 });
    using other = openSharedMemory(name);
    using reader = openSharedMemory(name, { write: false });
    memory.resize(5000);
    new Uint8Array(memory.buffer)[4999] = 7;
    const old = new Uint8Array(other.buffer);
    assertEquals(other.byteLength, 100);
    for (const handle of [other, reader]) {
      handle.remap();
      assertEquals(handle.byteLength, 5000);
      assertEquals(new Uint8Array(handle.buffer)[4999], 7);
    }
    assertEquals(old.length, 0);
    assertEquals([other.readOnly, reader.readOnly], [false, true]);
    new Uint8Array(reader.buffer)[0] = 1;
    assertEquals(new Uint8Array(other.buffer)[0], 0);
  },
);

test(
  "SharedMemory.remap() follows when another handle made it smaller",
  onLinux,
  (t) => {
    const name = t.name();
    using memory = openSharedMemory(name, { create: true, size: 9000 });
    using other = openSharedMemory(name);
    memory.resize(10, { shrink: true });
    other.remap();
    assertEquals(other.byteLength, 10);
  },
);

test(
  "SharedMemory.remap() keeps the buffer when the size is the same",
  onLinux,
  (t) => {
    using memory = openSharedMemory(t.name(), { create: true, size: 100 });
    const { buffer } = memory;
    memory.remap();
    assertStrictEquals(memory.buffer, buffer);
  },
);

test(
  "SharedMemory.remap() throws TypeError when there are no bytes any more, and keeps its memory",
  {
    needs: ["all"],
    ignore: notLinux,
  },
  (t) => {
    const name = t.name();
    using memory = openSharedMemory(name, { create: true, size: 100 });
    Deno.truncateSync(`/dev/shm${name}`, 0);
    assertThrows(() => memory.remap(), TypeError, "no bytes");
    assertEquals(memory.byteLength, 100);
    memory.resize(50);
    assertEquals(new Uint8Array(memory.buffer), new Uint8Array(50));
  },
);

test(
  "SharedMemory.writeSync() writes to the new end when another handle made it larger",
  onLinux,
  (t) => {
    const name = t.name();
    using memory = openSharedMemory(name, { create: true, size: 4 });
    using other = openSharedMemory(name);
    other.resize(8);
    memory.remap();
    assertEquals(memory.writeSync(new Uint8Array(8).fill(1)), 8);
    unlinkSharedMemory(name);
    assertEquals(new Uint8Array(other.buffer), new Uint8Array(8).fill(1));
  },
);
