/** Closing shared memory: nothing is left, and nothing crashes. */

import { openSharedMemory } from "@ipc/shm";
import { assertEquals, assertLess, assertThrows } from "@std/assert";
import { denoPeer, output } from "../_util/child.ts";
import { DEADLINE_FACTOR, notLinux, test } from "../_util/test.ts";

const { BadResource } = Deno.errors;

test("SharedMemory.close() does nothing when it is closed", {}, (t) => {
  const memory = openSharedMemory(t.name(), { create: true, size: 8 });
  memory.close();
  memory.close();
  memory[Symbol.dispose]();
});

test("SharedMemory unmaps and closes when a using block ends", {
  needs: ["all"],
  ignore: notLinux,
}, (t) => {
  const name = t.name();
  const shown = () => [
    Deno.readTextFileSync("/proc/self/maps").includes(name),
    [...Deno.readDirSync("/proc/self/fd")].some(({ name: fd }) => {
      try {
        return Deno.readLinkSync(`/proc/self/fd/${fd}`).includes(name);
      } catch {
        return false;
      }
    }),
  ];
  {
    using _memory = openSharedMemory(name, { create: true, size: 8 });
    assertEquals(shown(), [true, true]);
  }
  assertEquals(shown(), [false, false]);
});

test("SharedMemory.close() leaves the object and other handles", {}, (t) => {
  const name = t.name();
  const first = openSharedMemory(name, { create: true, size: 8 });
  using second = openSharedMemory(name);
  new Uint8Array(first.buffer)[0] = 3;
  first.close();
  assertEquals(new Uint8Array(second.buffer)[0], 3);
  using third = openSharedMemory(name);
  assertEquals(new Uint8Array(third.buffer)[0], 3);
});

test("SharedMemory throws BadResource when it is used after close", {}, (t) => {
  const memory = openSharedMemory(t.name(), { create: true, size: 8 });
  memory.close();
  const uses = [
    () => memory.buffer,
    () => memory.byteLength,
    () => memory.stat(),
    () => memory.resize(16),
    () => memory.remap(),
    () => memory.readSync(new Uint8Array(1)),
    () => memory.readSync(new Uint8Array(0)),
    () => memory.writeSync(new Uint8Array(1)),
    () => memory.writeSync(new Uint8Array(0)),
    () => memory.seekSync(0),
  ];
  for (const use of uses) assertThrows(use, BadResource, memory.name!);
  assertEquals(memory.fd, -1);
  memory.closeFd();
});

test("SharedMemory keeps its name when it is closed", {}, (t) => {
  const name = t.name();
  const memory = openSharedMemory(name, { create: true, size: 8 });
  memory.close();
  assertEquals([memory.name, memory.created], [name, true]);
  assertEquals(memory.readOnly, false);
});

test("SharedMemory.close() leaves views without bytes", {}, (t) => {
  const memory = openSharedMemory(t.name(), { create: true, size: 64 });
  const { buffer } = memory;
  const bytes = new Uint8Array(buffer);
  const numbers = new Float64Array(buffer, 8, 2);
  const view = new DataView(buffer);
  memory.close();
  assertEquals([buffer.byteLength, buffer.detached], [0, true]);
  assertEquals([bytes.length, numbers.length], [0, 0]);
  assertEquals([bytes[0], numbers[0]], [undefined, undefined]);
  bytes[0] = 1;
  assertThrows(() => bytes.fill(1), TypeError);
  assertThrows(() => view.getInt8(0), TypeError);
  assertThrows(() => Atomics.load(bytes, 0), TypeError);
});

test(
  "SharedMemory.close() leaves views harmless in 10,000 trials with forced garbage collection",
  {
    needs: ["run"],
    deadline: 30_000,
  },
  async () => {
    const peer = denoPeer("kept_views.ts", ["10000"], {
      flags: ["--allow-ffi", "--v8-flags=--expose-gc"],
    });
    assertEquals(await output(peer), "0");
  },
);

test(
  "SharedMemory.close() leaves the bytes mapped when the buffer was moved elsewhere",
  {
    needs: ["run"],
  },
  async () => {
    const lines = (await output(denoPeer("moved_buffer.ts"))).split("\n");
    assertEquals(lines, ["100000", "100008", "7"]);
  },
);

test(
  "SharedMemory.close() gives everything back in 100,000 rounds of open, map, unmap, close",
  {
    needs: ["run"],
    ignore: notLinux,
    deadline: 40_000,
  },
  async () => {
    // As many under emulation would take minutes.
    const rounds = 100_000 / DEADLINE_FACTOR;
    const peer = denoPeer("churn.ts", ["10000", `${rounds}`], {
      flags: ["--allow-all"],
    });
    const { before, after } = JSON.parse(await output(peer));
    assertEquals(after.descriptors, before.descriptors);
    // The collector's own memory comes and goes; a leak would be 100,000 more.
    assertLess(after.mappings, before.mappings + 200);
    // Kilobytes. One page for each would be 400,000.
    assertLess(after.resident, before.resident + 40_000);
  },
);
