import { pipe, RecordReader, RecordWriter } from "@ipc/pipe";
import type { RecordOptions } from "@ipc/pipe";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { test } from "../_util/test.ts";

/** A record whose bytes tell which it is. */
function record(index: number, size: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(size).map((_, at) => (index * 31 + at * 7) & 0xff);
}

/** Sizes of records, many small ones and a few large. */
function sizes(count: number, fixed: number | undefined): number[] {
  return Array.from(
    { length: count },
    (_, index) =>
      fixed ??
        (index % 50 === 0
          ? Math.floor(Math.random() * 300_000)
          : Math.floor(Math.random() * 3_000)),
  );
}

async function writeAll(
  out: RecordWriter,
  records: readonly number[],
): Promise<void> {
  for (const [index, size] of records.entries()) {
    const bytes = record(index, size);
    if (!out.tryWrite(bytes)) await out.write(bytes);
  }
  await out.flush();
}

const formats: RecordOptions[] = [
  { size: 64 },
  { size: 1 },
  { size: 8_999, bufferSize: 100 },
  {},
  { bufferSize: 16 },
  { bufferSize: 4096 },
];

for (const format of formats) {
  for (const how of ["batches", "own", "each"] as const) {
    test(
      `RecordReader reads what RecordWriter writes: ${
        JSON.stringify(format)
      }, ${how}`,
      {},
      async () => {
        const { reader, writer } = pipe();
        const expected = sizes(400, format.size);
        const writing = writeAll(new RecordWriter(writer, format), expected)
          .then(() => writer.close());
        const records = new RecordReader(reader, format);
        const kept: Uint8Array[] = [];
        let index = 0;
        function check(bytes: Uint8Array): void {
          assertEquals(
            bytes,
            record(index, expected[index]!),
            `record ${index}`,
          );
          index++;
        }
        if (how === "batches") {
          for await (const batch of records.batches()) {
            for (const bytes of batch) check(bytes);
          }
        } else if (how === "own") {
          for await (const batch of records.batches({ own: true })) {
            kept.push(...batch);
          }
        } else {
          for await (const bytes of records) kept.push(bytes);
        }
        kept.forEach(check);
        assertEquals(index, expected.length);
        await writing;
        reader.close();
      },
    );
  }
}

test("RecordReader goes on where a loop was left", {}, async () => {
  using ends = pipe();
  for (const format of [{ size: 8 }, {}]) {
    const out = new RecordWriter(ends.writer, format);
    await writeAll(out, Array(9).fill(8));
    const records = new RecordReader(ends.reader, format);
    const kept: Uint8Array[] = [];
    for await (const bytes of records) {
      kept.push(bytes);
      if (kept.length === 3) break;
    }
    for await (const batch of records.batches({ own: true })) {
      kept.push(...batch);
      break;
    }
    await writeAll(out, [8]);
    for await (const batch of records.batches()) {
      assertEquals([...batch], [record(0, 8)]);
      break;
    }
    assertEquals(kept, Array.from({ length: 9 }, (_, i) => record(i, 8)));
  }
});

test(
  "RecordReader throws when the stream ends inside a record",
  {},
  async () => {
    for (
      const [format, bytes] of [[{ size: 8 }, 5], [{}, 3], [{}, 6]] as const
    ) {
      const { reader, writer } = pipe();
      writer.writeSync(Uint8Array.of(100, 0, 0, 0, 1, 1).subarray(0, bytes));
      writer.close();
      await assertRejects(
        async () => {
          for await (const _ of new RecordReader(reader, format));
        },
        Deno.errors.UnexpectedEof,
        `ends after ${bytes} bytes`,
      );
      reader.close();
    }
  },
);

test(
  "RecordReader refuses a hostile size before it sets memory aside",
  {},
  async () => {
    using ends = pipe();
    ends.writer.writeSync(Uint8Array.of(0xff, 0xff, 0xff, 0xff));
    await assertRejects(
      async () => {
        for await (const _ of new RecordReader(ends.reader));
      },
      RangeError,
      "Cannot read a record of 4294967295 bytes: maxSize is 1048576",
    );
  },
);

test("RecordReader loses nothing when a wait is given up", {}, async () => {
  using ends = pipe();
  const records = new RecordReader(ends.reader, { size: 4 });
  ends.writer.writeSync(Uint8Array.of(1, 2));
  await assertRejects(
    async () => {
      for await (const _ of records.batches({ timeout: 10 }));
    },
    Deno.errors.TimedOut,
  );
  ends.writer.writeSync(Uint8Array.of(3, 4));
  for await (const batch of records.batches()) {
    assertEquals([...batch], [Uint8Array.of(1, 2, 3, 4)]);
    break;
  }
});

test(
  "RecordWriter refuses records that are too large, and takes nothing of them",
  {},
  async () => {
    using ends = pipe();
    const fixed = new RecordWriter(ends.writer, { size: 4 });
    assertThrows(
      () => fixed.tryWrite(new Uint8Array(5)),
      RangeError,
      "size is 4",
    );
    const prefixed = new RecordWriter(ends.writer, { maxSize: 4 });
    await assertRejects(() => prefixed.write(new Uint8Array(5)), RangeError);
    assertThrows(() => fixed.tryWrite("text" as never), TypeError);
    await fixed.flush();
    assertEquals(ends.reader.tryRead(new Uint8Array(64)), undefined);
  },
);

test(
  "RecordWriter.tryWrite() takes nothing when there is no room",
  {},
  async () => {
    const { reader, writer } = pipe();
    const out = new RecordWriter(writer, { size: 1000, bufferSize: 4000 });
    let count = 0;
    while (out.tryWrite(record(count, 1000))) count++;
    assert(count >= 65 && count < 80, `${count} records`);
    await assertRejects(
      () => out.write(record(count, 1000), { timeout: 10 }),
      Deno.errors.TimedOut,
    );
    const end = out.write(record(count, 1000)).then(() => out.flush())
      .then(() => writer.close());
    let index = 0;
    for await (const bytes of new RecordReader(reader, { size: 1000 })) {
      assertEquals(bytes, record(index++, 1000));
    }
    assertEquals(index, count + 1);
    await end;
    reader.close();
  },
);

test("RecordWriter fails with what writing failed with", {}, async () => {
  const { reader, writer } = pipe();
  reader.close();
  const out = new RecordWriter(writer, { size: 1 });
  await out.write(Uint8Array.of(1));
  await assertRejects(() => out.flush(), Deno.errors.BrokenPipe);
  assertThrows(() => out.tryWrite(Uint8Array.of(1)), Deno.errors.BrokenPipe);
  writer.close();
});

for (const format of [{ size: 16 }, {}]) {
  test(
    `RecordReader hands out views again only of what is there: ${
      JSON.stringify(format)
    }`,
    {},
    async () => {
      using ends = pipe();
      const out = new RecordWriter(ends.writer, format);
      const few = { ...format, bufferSize: 512 };
      const records = new RecordReader(ends.reader, few);
      const fixed = "size" in format;
      // Each batch is what was written at once.
      async function pass(sizes: number[]): Promise<Uint8Array[]> {
        await writeAll(out, sizes);
        for await (const batch of records.batches()) {
          assertEquals(batch.length, sizes.length);
          const views = [...batch];
          assertEquals(views, sizes.map((size, index) => record(index, size)));
          for (const index of [-1, 0.5, NaN, sizes.length, 2 ** 32]) {
            assertEquals(batch.at(index), undefined);
          }
          return views;
        }
        throw new Error("No batch");
      }
      const first = await pass([16, 16, 16]);
      const second = await pass([16, 16, 16, 16]);
      // The same memory, and no more arrays than are needed.
      for (const [index, view] of first.entries()) {
        assert(second[index] === view);
      }
      if (fixed) return;
      // At the same place with another size, and at another place.
      const third = await pass([5, 16, 16, 0, 7]);
      assert(third[0] !== first[0] && third[1] !== first[1]);
      assertEquals(first[0]!.length, 16);
      // In other memory, which a large record needs.
      await writeAll(out, [5_000]);
      for await (const { length } of records.batches()) {
        assertEquals(length, 1);
        break;
      }
      const fourth = await pass([5]);
      assert(fourth[0] !== third[0]);
      assert((await pass([5]))[0] === fourth[0]);
      // Those that can be kept are nobody else's.
      await writeAll(out, [5]);
      for await (const batch of records.batches({ own: true })) {
        assert(batch.at(0) !== fourth[0] && batch.at(0) !== batch.at(0));
        break;
      }
    },
  );
}

test("RecordWriter copies an array that is used again", {}, async () => {
  const { reader, writer } = pipe();
  const resizable = new ArrayBuffer(24, { maxByteLength: 64 });
  const arrays = [
    new Uint8Array(64),
    new Uint8Array(13),
    new Uint8Array(300),
    new Uint8Array(new ArrayBuffer(64), 8, 16),
    new Uint8Array(new ArrayBuffer(64), 3, 16),
    new Uint8Array(resizable),
  ];
  const expected: Uint8Array[] = [];
  const out = new RecordWriter(writer, { bufferSize: 500 });
  async function write(bytes: Uint8Array, times: number): Promise<void> {
    for (let i = 0; i < times; i++) {
      for (let at = 0; at < bytes.length; at++) {
        bytes[at] = (expected.length * 7 + at) & 0xff;
      }
      expected.push(bytes.slice());
      if (!out.tryWrite(bytes)) await out.write(bytes);
    }
  }
  for (const bytes of arrays) await write(bytes, 20);
  resizable.resize(40);
  await write(arrays.at(-1)!, 3);
  await write(arrays[0]!, 9);
  // The buffer of the writer is another one after this.
  await write(new Uint8Array(1000), 1);
  await write(arrays[0]!, 9);
  await out.flush();
  writer.close();
  const received: Uint8Array[] = [];
  for await (const bytes of new RecordReader(reader)) received.push(bytes);
  assertEquals(received, expected);
  reader.close();
});
