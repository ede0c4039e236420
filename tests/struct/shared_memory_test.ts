/** Structs in shared memory: closed under a view, and shared with C. */

import { openSharedMemory, type SharedMemory } from "@ipc/shm";
import {
  array,
  atomic,
  bytes,
  chars,
  f32,
  f64,
  struct,
  u32,
  u64,
} from "@ipc/struct";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { compileC } from "../_util/child.ts";
import { withoutNativeCompiler } from "../_util/native_compiler.ts";
import { test, type TestScope } from "../_util/test.ts";

const Frame = struct({
  count: atomic(u32),
  stamp: f64,
  name: chars(16),
  values: array(f32, 8),
  raw: bytes(3),
  position: struct({ x: f32, y: f32 }),
  users: array(struct({ id: u64, name: chars(6) }), 4),
});

function open(t: TestScope): SharedMemory {
  return openSharedMemory(t.name(), {
    createNew: true,
    size: Frame.byteLength,
  });
}

test("StructView throws when its memory is closed", {}, (t) => {
  const memory = open(t);
  const view = Frame.view(memory.buffer);
  const late = Frame.view(memory.buffer);
  const { count, values, raw, position, users } = view;
  const user = users.get(1);
  view.stamp = 1;
  memory.close();
  for (
    const use of [
      () => view.stamp,
      () => view.stamp = 2,
      () => view.name,
      () => view.name = "x",
      () => position.x,
      () => position.x = 1,
      () => user.id,
      () => user.name = "x",
      () => users.get(2),
      () => count.load(),
      () => count.add(1),
      () => late.position,
      () => late.values,
      () => late.count,
      () => late.users,
    ]
  ) {
    assertThrows(use, TypeError);
  }
  // As of any typed array.
  assertEquals([values.length, values[0]], [0, undefined]);
  assertEquals(raw.byteLength, 0);
  values[0] = 1;
  assertThrows(() => Frame.view(memory.buffer), Error);
});

test("StructView throws when its memory was resized", {}, (t) => {
  using memory = open(t);
  const view = Frame.view(memory.buffer);
  const { buffer } = memory;
  view.stamp = 0.5;
  memory.resize(2 * Frame.byteLength);
  assertThrows(() => view.stamp, TypeError);
  assertThrows(() => Frame.view(buffer), TypeError, "detached");
  assertEquals(Frame.view(memory.buffer).stamp, 0.5);
});

test("StructView throws when its buffer has shrunk", {}, () => {
  const buffer = new ArrayBuffer(Frame.byteLength, {
    maxByteLength: Frame.byteLength,
  });
  const view = Frame.view(buffer);
  const { position } = view;
  buffer.resize(8);
  assertThrows(() => view.stamp, TypeError);
  assertThrows(() => position.x, TypeError);
  assertThrows(() => view.users, Error);
});

test("Struct is the same to a C program that has it from toC()", {
  needs: ["run", "write", "read"],
  ignore: withoutNativeCompiler(),
  deadline: 20_000,
}, async (t) => {
  const folder = t.folder();
  Deno.writeTextFileSync(`${folder}/frame.h`, Frame.toC("frame"));
  const program = await compileC("struct_peer.c", folder);
  using memory = open(t);
  const view = Frame.view(memory.buffer);
  view.stamp = Math.E;
  view.name = "from Deno";
  view.values[7] = -0.5;
  view.raw.set([1, 2, 255]);
  view.position.y = 3;
  view.users.get(3).id = 2n ** 63n;
  view.users.get(3).name = "é";

  const times = 200_000;
  const child = new Deno.Command(program, {
    args: [memory.name!, `${times}`],
    stdout: "piped",
  }).spawn();
  const { count } = view;
  // The other one is at it as soon as the count is above 0.
  while (count.load() === 0) await new Promise((done) => setTimeout(done, 1));
  for (let i = 0; i < times; i++) count.add(1);
  const { success, stdout } = await child.output();
  assert(success);
  assertEquals(
    new TextDecoder().decode(stdout),
    "2.7182818284590451 from Deno -0.5 1 2 255 3 9223372036854775808 é\n",
  );
  assertEquals(count.load(), 2 * times);

  assertEquals([view.stamp, view.name], [0.25, "from C"]);
  assertEquals([...view.values], [0, 1, 2, 3, 4, 5, 6, 7]);
  assertEquals([view.raw[0], view.position.x], [77, -1.5]);
  assertEquals([view.users.get(0).id, view.users.get(0).name], [99n, "five5"]);
});
