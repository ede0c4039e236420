/** A peer that writes nonsense into the memory: an error, or good behaviour. */

import { openRingReader, openRingWriter } from "@ipc/ring";
import { openSharedMemory } from "@ipc/shm";
import { assert, assertThrows } from "@std/assert";
import { fuzz } from "../_util/ring_fuzz.ts";
import { notLinux, test } from "../_util/test.ts";
import { sleep } from "../_util/wait.ts";
import { message, ringName } from "./_ring.ts";

const { InvalidData } = Deno.errors;

test("thousands of mutations of the memory cause errors, and no hang", {
  ignore: notLinux,
  deadline: 30_000,
}, async (scope) => {
  for (const options of [{}, { producers: 2 }, { dropOldest: true }]) {
    const results = await fuzz(ringName(scope), options, 3000, 1);
    assert(results.errors > 100, `${results.errors} errors`);
    assert(results.messages > 100, `${results.messages} messages`);
  }
});

test("a header that says something else is refused", {
  ignore: notLinux,
}, (scope) => {
  const name = ringName(scope);
  openRingReader(name, { createNew: true, capacity: 256 }).close();
  using memory = openSharedMemory(name);
  const words = new Int32Array(memory.buffer);
  const wrong: [number, number, new (text: string) => Error][] = [
    [0, 1, TypeError],
    [1, 2, Deno.errors.NotSupported],
    [2, 2, InvalidData],
    [3, 0, InvalidData],
    [3, 2 ** 31 - 1, InvalidData],
    [4, 0, InvalidData],
    [4, 100, InvalidData],
    [4, 2 ** 30, InvalidData],
    [5, 1, InvalidData],
  ];
  for (const [at, value, Class] of wrong) {
    const was = words[at]!;
    words[at] = value;
    assertThrows(() => openRingReader(name), Class);
    assertThrows(() => openRingWriter(name, { create: true }), Class);
    words[at] = was;
  }
  openRingReader(name).close();
  // Positions that cannot be, which the one who comes finds.
  words[64] = 512;
  assertThrows(() => openRingReader(name), InvalidData, "its tail is 512");
  assertThrows(() => openRingWriter(name), InvalidData, "its head is 0");
  words[64] = 0;
  openRingWriter(name).close();
});

test("records that are not what they say are refused", {
  ignore: notLinux,
}, async (scope) => {
  const name = ringName(scope);
  using reader = openRingReader(name, { createNew: true, capacity: 256 });
  using writer = openRingWriter(name);
  using memory = openSharedMemory(name);
  const record = new Int32Array(memory.buffer, 4096, 2);
  writer.sendSync(message(8, 1));
  for (const [length, mark] of [[9, 0], [-1, 0], [-2, 0], [121, 0], [8, 8]]) {
    record[0] = length!;
    record[1] = mark!;
    assertThrows(() => reader.receiveSync(), InvalidData, "its memory is");
    assertThrows(() => reader.tryPeek(), InvalidData);
    const error = await reader.receive().catch((error) => error);
    assert(error instanceof InvalidData);
  }
  record[0] = 8;
  record[1] = 0;
  assert(reader.receiveSync());
  // One who waits is told as well.
  const waits = reader.receive();
  const tail = new Int32Array(memory.buffer, 256, 1);
  await sleep(5);
  tail[0] = 10_000 * 8;
  assertThrows(() => reader.tryPeek() ?? reader.receiveSync(), InvalidData);
  writer.close();
  const error = await waits.catch((error) => error);
  assert(error === null || error instanceof InvalidData, `${error}`);
});
