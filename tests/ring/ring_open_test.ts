import { openRingReader, openRingWriter, unlinkRing } from "@ipc/ring";
import { openSharedMemory } from "@ipc/shm";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { denoPeer, output } from "../_util/child.ts";
import { notLinux, test } from "../_util/test.ts";
import { sleep } from "../_util/wait.ts";
import { message, ringName } from "./_ring.ts";

const { AlreadyExists, BadResource, Busy, InvalidData, NotFound, TimedOut } =
  Deno.errors;

test("openRingReader() and openRingWriter() share one ring", {}, (scope) => {
  const name = ringName(scope);
  assertThrows(() => openRingReader(name), NotFound);
  using writer = openRingWriter(name, { create: true, capacity: 1000 });
  using reader = openRingReader(name, { create: true });
  assert(writer.created && !reader.created);
  assertEquals(reader.capacity, 1024);
  assertEquals(writer.maxMessageLength, 504);
  assert(writer.hasConsumer);
  assertEquals(reader.producers, 1);
  writer.sendSync(message(504, 1));
  writer.sendSync(message(0));
  assertEquals(reader.receiveSync(), message(504, 1));
  assertEquals(reader.receiveSync(), message(0));
  assertThrows(
    () => openRingReader(name, { createNew: true }),
    AlreadyExists,
  );
});

test("a ring has one consumer, and as many producers as it is for", {}, (
  scope,
) => {
  const name = ringName(scope);
  using reader = openRingReader(name, { createNew: true, producers: 2 });
  assertThrows(() => openRingReader(name), Busy, "another consumer");
  using _first = openRingWriter(name);
  const second = openRingWriter(name);
  assertThrows(() => openRingWriter(name), Busy, "2 producers at a time");
  assertEquals(reader.producers, 2);
  second.close();
  assertEquals(reader.producers, 1);
  openRingWriter(name).close();
  reader.close();
  openRingReader(name).close();
});

test("an existing ring has to be what is asked for", {}, (scope) => {
  const name = ringName(scope);
  openRingReader(name, { createNew: true, capacity: 256 }).close();
  assertThrows(
    () => openRingReader(name, { capacity: 512 }),
    RangeError,
    "256 bytes for each of 1 producers, and 512",
  );
  assertThrows(() => openRingWriter(name, { producers: 2 }), RangeError);
  assertThrows(
    () => openRingWriter(name, { dropOldest: true }),
    TypeError,
    "its dropOldest is false",
  );
});

test("wrong arguments are refused before anything is made", {}, () => {
  const name = "/t_refused";
  for (const capacity of [0, 63, -1, 1.5, NaN, Infinity, 2 ** 31]) {
    assertThrows(
      () => openRingReader(name, { create: true, capacity }),
      RangeError,
    );
  }
  for (const producers of [0, 65, NaN]) {
    assertThrows(
      () => openRingReader(name, { create: true, producers }),
      RangeError,
    );
  }
  const wrong = "x" as unknown as number;
  assertThrows(() => openRingReader(name, { capacity: wrong }), TypeError);
  assertThrows(() => openRingReader("no slash"), TypeError);
  assertThrows(() => openRingReader("/a\0b"), TypeError);
  assertThrows(() => openRingReader("/" + "a".repeat(224)), RangeError);
  assertThrows(() => openRingReader(name, { mode: 0o1000 }), RangeError);
  assertThrows(
    () => openRingWriter(name, { whenFull: "drop" as "wait" }),
    TypeError,
  );
  assertThrows(
    () => openRingReader(null, { createNew: false }),
    TypeError,
    "without a name",
  );
  assertThrows(() => unlinkRing(name), NotFound, "to be unlinked");
});

test("closed rings refuse everything, and close again", {}, async (scope) => {
  const name = ringName(scope);
  const reader = openRingReader(name, { createNew: true });
  const writer = openRingWriter(name);
  const waits = reader.receive();
  const view = writer.reserveSync(8);
  for (const ring of [reader, writer, reader, writer]) ring.close();
  const reason = await waits.catch((error) => error);
  assert(reason instanceof BadResource);
  assertEquals(view.length, 0);
  for (
    const call of [
      () => reader.receiveSync(),
      () => reader.tryReceive(),
      () => reader.tryPeek(),
      () => reader.release(),
      () => reader.producers,
      () => reader.dropped,
      () => writer.sendSync(message(1)),
      () => writer.trySend(message(1)),
      () => writer.enqueue(message(1)),
      () => writer.flush(),
      () => writer.commit(),
      () => writer.cancel(),
      () => writer.hasConsumer,
    ]
  ) assertThrows(call, BadResource);
  assert(await writer.send(message(1)).catch((e) => e) instanceof BadResource);
  assert(await reader.receive().catch((e) => e) instanceof BadResource);
  for await (const _ of reader) throw new Error("It is closed");
});

test("an option that is undefined is as one that is not given", {}, (scope) => {
  const name = ringName(scope);
  const none = Object.fromEntries(
    ["createNew", "mode", "wait", "timeout", "capacity", "producers"]
      .map((option) => [option, undefined]),
  );
  using reader = openRingReader(name, { ...none, create: true });
  using writer = openRingWriter(name, { ...none, dropOldest: false });
  assertEquals(writer.capacity, 2 ** 20);
  assertEquals(reader.producers, 1);
  const random = openRingReader(null, none);
  unlinkRing(random.name);
  random.close();
});

test("what has the name may be no ring", { needs: ["all"] }, (scope) => {
  const name = ringName(scope);
  const path = `/dev/shm${name}`;
  using memory = openSharedMemory(name, { createNew: true, size: 4096 });
  new Uint8Array(memory.buffer).fill(7);
  assertThrows(
    () => openRingReader(name, { create: true }),
    TypeError,
    "no ring",
  );
  assertEquals(new Uint8Array(memory.buffer)[0], 7);
  memory.unlink();
  Deno.mkdirSync(path);
  assertThrows(() => openRingReader(name, { create: true }));
  Deno.removeSync(path);
  new Deno.Command("mkfifo", { args: [path] }).outputSync();
  assertThrows(() => openRingReader(name), TypeError);
  Deno.removeSync(path);
  Deno.symlinkSync("/tmp/t_nowhere", path);
  assertThrows(() => openRingReader(name, { create: true }));
  Deno.removeSync(path);
});

test("what a creator left who died over it is refused, or made anew", {
  needs: ["all"],
}, (scope) => {
  const name = ringName(scope);
  const path = `/dev/shm${name}`;
  Deno.writeFileSync(path, new Uint8Array(0));
  assertThrows(() => openRingReader(name), InvalidData, "died over it");
  using reader = openRingReader(name, { create: true, capacity: 256 });
  assertEquals(reader.capacity, 256);
  // One that has died after the header: its bells are removed as well.
  const bytes = Deno.readFileSync(path);
  unlinkRing(name);
  bytes.fill(0, 0, 4);
  Deno.writeFileSync(path, bytes.subarray(0, 256));
  assertThrows(() => openRingWriter(name), InvalidData);
  using writer = openRingWriter(name, { create: true });
  writer.sendSync(message(1));
  const left = [...Deno.readDirSync("/dev/shm")].filter((entry) =>
    `/${entry.name}`.startsWith(name)
  );
  assertEquals(left.length, 3);
});

test("a failed creation leaves nothing", { needs: ["all"] }, (scope) => {
  const name = ringName(scope);
  assertThrows(
    () =>
      openRingReader(name, {
        createNew: true,
        capacity: 2 ** 30,
        producers: 64,
      }),
    Error,
    "No space left",
  );
  const left = [...Deno.readDirSync("/dev/shm")].filter((entry) =>
    `/${entry.name}`.startsWith(name)
  );
  assertEquals(left, []);
});

for (const side of ["reader", "writer"]) {
  test(
    `a ring that lacks descriptors for its ${side} is not left behind`,
    { needs: ["run"], ignore: notLinux },
    async (scope) => {
      const peer = denoPeer(
        "ring_few_descriptors.ts",
        [ringName(scope), side],
        {
          flags: ["-A"],
          through: ["sh", "-c", 'ulimit -n 100; exec "$0" "$@"'],
        },
      );
      assertEquals(JSON.parse(await output(peer)), {
        outcome: "done",
        hasFailed: true,
        leaks: 0,
      });
    },
  );
}

test("unlinkRing() leaves the ring to those who have it", {}, async (scope) => {
  const name = ringName(scope);
  using reader = openRingReader(name, { createNew: true });
  const writer = openRingWriter(name);
  unlinkRing(name);
  using other = openRingReader(name, { createNew: true });
  writer.sendSync(message(2, 2));
  assertEquals(reader.receiveSync(), message(2, 2));
  assertThrows(() => other.receiveSync({ timeout: 1 }), TimedOut);
  writer.close();
  // Nobody can come any more: that is an end each time.
  assertEquals(await reader.receive(), null);
  assertEquals(reader.receiveSync(), null);
  assertEquals(await reader.receive(), null);
  // Who waits already is told, too.
  const waits = other.receive();
  await sleep(5);
  unlinkRing(name);
  assertEquals(await waits, null);
});
