/** Shared memory as a file: reading, writing, seeking. */

import { openSharedMemory, type SharedMemory } from "@ipc/shm";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { assertOsError } from "../_util/error.ts";
import { notLinux, test, type TestScope } from "../_util/test.ts";

const { Start, Current, End } = Deno.SeekMode;
const onLinux = { ignore: notLinux } as const;

/** Ten bytes, from 0 to 9. */
function digits(t: TestScope): SharedMemory {
  const memory = openSharedMemory(t.name(), { create: true, size: 10 });
  t.defer(() => memory.close());
  for (let i = 0; i < 10; i++) new Uint8Array(memory.buffer)[i] = i;
  return memory;
}

function read(memory: SharedMemory, size: number): number[] | null {
  const bytes = new Uint8Array(size);
  const count = memory.readSync(bytes);
  return count === null ? null : [...bytes.subarray(0, count)];
}

test(
  "SharedMemory.readSync() reads on from where it is, and null at the end",
  onLinux,
  (t) => {
    const memory = digits(t);
    assertEquals(read(memory, 4), [0, 1, 2, 3]);
    assertEquals(read(memory, 4), [4, 5, 6, 7]);
    assertEquals(read(memory, 4), [8, 9]);
    assertEquals(read(memory, 4), null);
    assertEquals(read(memory, 4), null);
  },
);

test(
  "SharedMemory.readSync() reads 0 bytes when there is no room, also at the end",
  onLinux,
  (t) => {
    const memory = digits(t);
    assertEquals(memory.readSync(new Uint8Array(0)), 0);
    assertEquals(read(memory, 1), [0]);
    memory.seekSync(0, End);
    assertEquals(memory.readSync(new Uint8Array(0)), 0);
  },
);

test(
  "SharedMemory.readSync() fills the view that it is given and no more",
  onLinux,
  (t) => {
    const memory = digits(t);
    const bytes = new Uint8Array(8).fill(99);
    assertEquals(memory.readSync(bytes.subarray(2, 5)), 3);
    assertEquals([...bytes], [99, 99, 0, 1, 2, 99, 99, 99]);
  },
);

test("SharedMemory.writeSync() writes on from where it is", onLinux, (t) => {
  const memory = digits(t);
  assertEquals(memory.writeSync(new Uint8Array([50, 51])), 2);
  assertEquals(memory.writeSync(new Uint8Array([52])), 1);
  assertEquals(memory.writeSync(new Uint8Array(0)), 0);
  assertEquals(read(memory, 10), [3, 4, 5, 6, 7, 8, 9]);
  assertEquals(
    [...new Uint8Array(memory.buffer)],
    [50, 51, 52, 3, 4, 5, 6, 7, 8, 9],
  );
});

test(
  "SharedMemory.writeSync() reaches the memory of another handle",
  onLinux,
  (t) => {
    const memory = digits(t);
    using other = openSharedMemory(memory.name);
    assertEquals(memory.writeSync(new Uint8Array([1, 2, 3])), 3);
    assertEquals([...new Uint8Array(other.buffer, 0, 4)], [1, 2, 3, 3]);
    // A position belongs to its handle.
    assertEquals(read(other, 2), [1, 2]);
  },
);

test(
  "SharedMemory.writeSync() throws RangeError and writes nothing when it would pass the end",
  onLinux,
  (t) => {
    const memory = digits(t);
    const before = new Uint8Array(memory.buffer).slice();
    for (
      const [position, size] of [[0, 11], [8, 3], [10, 1], [50, 1]] as const
    ) {
      memory.seekSync(position);
      assertThrows(
        () => memory.writeSync(new Uint8Array(size).fill(77)),
        RangeError,
        "10",
      );
      assertEquals(memory.seekSync(0, Current), position);
    }
    assertEquals(new Uint8Array(memory.buffer), before);
    assertEquals(memory.stat().size, 10);
  },
);

test("SharedMemory.writeSync() writes up to the end", onLinux, (t) => {
  const memory = digits(t);
  memory.seekSync(-2, End);
  assertEquals(memory.writeSync(new Uint8Array([7, 7])), 2);
  assertEquals(memory.writeSync(new Uint8Array(0)), 0);
  assertEquals(memory.stat().size, 10);
});

test(
  "SharedMemory.seekSync() moves from the start, the position and the end",
  onLinux,
  (t) => {
    const memory = digits(t);
    assertEquals(memory.seekSync(4), 4);
    assertEquals(read(memory, 1), [4]);
    assertEquals(memory.seekSync(2, Current), 7);
    assertEquals(memory.seekSync(-6, Current), 1);
    assertEquals(memory.seekSync(-1, End), 9);
    assertEquals(read(memory, 5), [9]);
    assertEquals(memory.seekSync(5, Start), 5);
    assertEquals(memory.seekSync(100), 100);
    assertEquals(read(memory, 5), null);
  },
);

test(
  "SharedMemory.seekSync() throws TypeError and stays when the position would be before the start",
  onLinux,
  (t) => {
    const memory = digits(t);
    memory.seekSync(3);
    for (const [offset, whence] of [[-1, Start], [-4, Current], [-11, End]]) {
      const seek = () => memory.seekSync(offset!, whence);
      assertOsError(seek, TypeError, "EINVAL", "lseek");
    }
    assertEquals(read(memory, 1), [3]);
  },
);

test(
  "SharedMemory.seekSync() throws when the offset or whence is none",
  onLinux,
  (t) => {
    const memory = digits(t);
    for (const offset of [0.5, NaN, Infinity, 2 ** 53]) {
      assertThrows(() => memory.seekSync(offset), RangeError);
    }
    for (const whence of [-1, 3, 0.5]) {
      assertThrows(() => memory.seekSync(0, whence), RangeError);
    }
    assertThrows(() => memory.seekSync("1" as unknown as number), TypeError);
    assertEquals(read(memory, 1), [0]);
  },
);

test(
  "SharedMemory.readSync() and writeSync() throw TypeError when they are given no Uint8Array",
  onLinux,
  (t) => {
    const memory = digits(t);
    const things = [
      undefined,
      null,
      "abc",
      3,
      [1, 2],
      new ArrayBuffer(2),
      new DataView(new ArrayBuffer(2)),
      new Uint16Array(1),
      new Uint8Array(new SharedArrayBuffer(2)),
    ];
    for (const thing of things) {
      const wrong = thing as Uint8Array;
      const { message } = assertThrows(() => memory.readSync(wrong), TypeError);
      assert(message.startsWith("Cannot "), message);
      assertThrows(() => memory.writeSync(wrong), TypeError);
    }
    assertEquals(memory.seekSync(0, Current), 0);
    assertEquals(new Uint8Array(memory.buffer)[0], 0);
  },
);

test(
  "SharedMemory.readSync() and writeSync() take the view of a memory",
  onLinux,
  (t) => {
    const memory = digits(t);
    using target = openSharedMemory(null, { size: 10 });
    target.unlink();
    assertEquals(memory.readSync(new Uint8Array(target.buffer)), 10);
    assertEquals(new Uint8Array(target.buffer), new Uint8Array(memory.buffer));
    memory.seekSync(0);
    assertEquals(memory.writeSync(new Uint8Array(target.buffer, 9)), 1);
    assertEquals(new Uint8Array(memory.buffer)[0], 9);
  },
);

test(
  "SharedMemory.readSync() reports the end and does not crash when the object shrank",
  onLinux,
  (t) => {
    const memory = digits(t);
    using other = openSharedMemory(memory.name);
    other.resize(4, { shrink: true });
    assertEquals(read(memory, 10), [0, 1, 2, 3]);
    assertEquals(read(memory, 10), null);
  },
);
