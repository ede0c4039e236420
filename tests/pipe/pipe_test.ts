import { pipe, PIPE_BUF } from "@ipc/pipe";
import type { PipeOptions } from "@ipc/pipe";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { notLinux, test } from "../_util/test.ts";
import { sleep } from "../_util/wait.ts";
import { bytes, readAll, text, writeAll } from "./_bytes.ts";
import { descriptorsTo, flagsOf, objectOf } from "./_descriptors.ts";

const { BadResource } = Deno.errors;
const inspects = { needs: ["all"] as const, ignore: notLinux };
const O_CLOEXEC = 0o2000000;

for (const wait of ["adaptive", "block"] as const) {
  test(`pipe() hands bytes over in order with wait ${wait}`, {}, async () => {
    using ends = pipe({ wait });
    const { reader, writer } = ends;
    const buffer = new Uint8Array(64);
    assertEquals(writer.writeSync(bytes("one ")), 4);
    assertEquals(await writer.write(bytes("two ")), 4);
    assertEquals(writer.tryWrite(bytes("three")), 5);
    assertEquals(text(buffer, reader.readSync(buffer)), "one two three");
    writer.writeSync(bytes("four"));
    assertEquals(text(buffer, await reader.read(buffer)), "four");
    writer.writeSync(bytes("five"));
    assertEquals(text(buffer, reader.tryRead(buffer)), "five");
  });

  test(
    `read() waits for what is written later with wait ${wait}`,
    {},
    async () => {
      using ends = pipe({ wait });
      const buffer = new Uint8Array(8);
      for (const word of ["one", "two", "three"]) {
        const reading = ends.reader.read(buffer);
        await sleep(2);
        ends.writer.writeSync(bytes(word));
        assertEquals(text(buffer, await reading), word);
      }
    },
  );

  test(
    `pipe() carries more than it holds with wait ${wait}`,
    {},
    async () => {
      using ends = pipe({ wait });
      const all = new Uint8Array(3_000_001).map((_, i) => i * 31 >> 8);
      const reading = readAll(ends.reader);
      await writeAll(ends.writer, all);
      ends.writer.close();
      assertEquals(await reading, all);
    },
  );
}

test("read() takes no more than there is room for", {}, async () => {
  using ends = pipe();
  ends.writer.writeSync(bytes("abcdef"));
  const buffer = new Uint8Array(4);
  assertEquals(await ends.reader.read(buffer.subarray(1, 3)), 2);
  assertEquals([...buffer], [0, 97, 98, 0]);
  assertEquals(ends.reader.readSync(buffer.subarray(0, 1)), 1);
  assertEquals([...buffer], [99, 97, 98, 0]);
  assertEquals(ends.reader.tryRead(buffer), 3);
  assertEquals(text(buffer, 3), "def");
});

test(
  "tryRead() and tryWrite() return undefined when they would have to wait",
  {},
  () => {
    using ends = pipe();
    assertEquals(ends.reader.tryRead(new Uint8Array(1)), undefined);
    while (ends.writer.tryWrite(new Uint8Array(PIPE_BUF)) !== undefined);
    assertEquals(ends.writer.tryWrite(new Uint8Array(1)), undefined);
    assertEquals(ends.reader.tryRead(new Uint8Array(5)), 5);
  },
);

test("pipe() makes both ends close-on-exec", inspects, () => {
  using ends = pipe();
  for (const { fd } of [ends.reader, ends.writer]) {
    assertEquals(flagsOf(fd) & O_CLOEXEC, O_CLOEXEC);
  }
});

for (
  const [options, Class] of [
    [{ capacity: 0 }, RangeError],
    [{ capacity: -1 }, RangeError],
    [{ capacity: 1.5 }, RangeError],
    [{ capacity: NaN }, RangeError],
    [{ capacity: 2 ** 31 }, RangeError],
    [{ capacity: "4096" }, TypeError],
    [{ wait: "spin" }, TypeError],
  ] as [PipeOptions, typeof RangeError][]
) {
  test(
    `pipe() throws ${Class.name} with ${JSON.stringify(options)}`,
    {},
    () => {
      assertThrows(() => pipe(options), Class);
    },
  );
}

test(
  "read() and write() of no bytes return 0 at once, whatever the state",
  {},
  async () => {
    using ends = pipe();
    const { reader, writer } = ends;
    const none = new Uint8Array(0);
    async function transferNothing(): Promise<(number | null | undefined)[]> {
      return [
        await reader.read(none),
        reader.readSync(none),
        reader.tryRead(none),
        await writer.write(none),
        writer.writeSync(none),
        writer.tryWrite(none),
      ];
    }
    // Nothing to read, then something, then no room.
    assertEquals(await transferNothing(), [0, 0, 0, 0, 0, 0]);
    writer.writeSync(bytes("a"));
    assertEquals(await transferNothing(), [0, 0, 0, 0, 0, 0]);
    while (writer.tryWrite(new Uint8Array(PIPE_BUF)) !== undefined);
    assertEquals(await transferNothing(), [0, 0, 0, 0, 0, 0]);
    const byte = new Uint8Array(1);
    assertEquals([reader.tryRead(byte), text(byte)], [1, "a"]);
  },
);

for (
  const [what, wrong] of [
    ["a string", "hello"],
    ["an array", [1, 2]],
    ["an ArrayBuffer", new ArrayBuffer(4)],
    ["a DataView", new DataView(new ArrayBuffer(4))],
    ["shared bytes", new Uint8Array(new SharedArrayBuffer(4))],
    ["nothing", undefined],
  ] as [string, Uint8Array][]
) {
  test(`read() and write() throw TypeError with ${what}`, {}, async () => {
    using ends = pipe();
    const { reader, writer } = ends;
    writer.writeSync(bytes("kept"));
    for (
      const run of [
        () => reader.readSync(wrong),
        () => reader.tryRead(wrong),
        () => writer.writeSync(wrong),
        () => writer.tryWrite(wrong),
      ]
    ) assertThrows(run, TypeError);
    for (
      const run of [() => reader.read(wrong), () => writer.write(wrong)]
    ) assertEquals((await run().catch((error) => error)).name, "TypeError");
    const buffer = new Uint8Array(8);
    assertEquals(text(buffer, reader.tryRead(buffer)), "kept");
  });
}

test("close() closes the descriptor", inspects, () => {
  const { reader, writer } = pipe();
  const object = objectOf(reader.fd);
  assertEquals(descriptorsTo(object), [reader.fd, writer.fd]);
  reader.close();
  assertEquals(descriptorsTo(object), [writer.fd]);
  writer.close();
  assertEquals(descriptorsTo(object), []);
});

test(
  "close() a second time does not close what has its number now",
  {},
  (t) => {
    for (;;) {
      const old = pipe();
      const numbers = [old.reader.fd, old.writer.fd];
      old.close();
      const ends = pipe();
      t.defer(() => ends.close());
      // Another thread may have been faster.
      if (
        ends.reader.fd !== numbers[0] || ends.writer.fd !== numbers[1]
      ) continue;
      old.close();
      old.reader.close();
      old.writer[Symbol.dispose]();
      ends.writer.writeSync(bytes("open"));
      assertEquals(ends.reader.tryRead(new Uint8Array(8)), 4);
      return;
    }
  },
);

test("every method throws BadResource when its end is closed", {}, async () => {
  const { reader, writer } = pipe();
  reader.close();
  writer.close();
  const byte = new Uint8Array(1);
  assertEquals([reader.fd, writer.fd], [-1, -1]);
  for (
    const run of [
      () => reader.readSync(byte),
      () => reader.tryRead(byte),
      () => reader.capacity,
      () => reader.capacity = 4096,
      () => writer.writeSync(byte),
      () => writer.tryWrite(byte),
      () => writer.capacity,
      () => writer.capacity = 4096,
      () => writer.tryWrite(new Uint8Array(0)),
      () => reader.readSync(new Uint8Array(0), { timeout: 0 }),
    ]
  ) assertThrows(run, BadResource);
  for (
    const run of [
      () => reader.read(byte),
      () => writer.write(byte),
      () => reader.readable.getReader().read(),
      () => writer.writable.getWriter().write(byte),
    ]
  ) assertEquals((await run().catch((error) => error)).name, "BadResource");
});

test("using closes the ends that it holds", {}, () => {
  const ends = pipe();
  {
    using _reader = ends.reader;
  }
  assertEquals([ends.reader.fd, ends.writer.fd !== -1], [-1, true]);
  {
    using _ends = ends;
  }
  assertEquals(ends.writer.fd, -1);
});

test(
  "a read that needs no sleep for long is watched by nobody, and later waits again",
  inspects,
  async () => {
    using ends = pipe();
    const { reader, writer } = ends;
    const buffer = new Uint8Array(8);
    async function sleepsAndReads(word: string): Promise<void> {
      const reading = reader.read(buffer);
      await sleep(5);
      writer.writeSync(bytes(word));
      assertEquals(text(buffer, await reading), word);
    }
    for (const word of ["one", "two", "three"]) await sleepsAndReads(word);
    const watched = descriptorsTo(objectOf(reader.fd)).length;
    for (let i = 0; i < 4096; i++) {
      writer.writeSync(bytes("now"));
      assertEquals(text(buffer, await reader.read(buffer)), "now");
    }
    await sleep(5);
    // The event loop had a duplicate of the reader.
    assertEquals(descriptorsTo(objectOf(reader.fd)).length, watched - 1);
    for (const word of ["four", "five"]) await sleepsAndReads(word);
    const controller = new AbortController();
    const aborted = reader.read(buffer, { signal: controller.signal });
    controller.abort();
    await assertRejects(() => aborted, DOMException);
    for (let i = 0; i < 4096; i++) {
      writer.writeSync(bytes("now"));
      assertEquals(text(buffer, await reader.read(buffer)), "now");
    }
    await sleepsAndReads("six");
    writer.close();
    assertEquals(await reader.read(buffer), null);
  },
);
