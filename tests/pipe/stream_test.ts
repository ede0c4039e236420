import { pipe } from "@ipc/pipe";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { test } from "../_util/test.ts";
import { bytes, fill, readAll, readFull, text, writeAll } from "./_bytes.ts";
import { isPending, turns } from "./_turns.ts";

const { BadResource, BrokenPipe } = Deno.errors;

test(
  "readable gives the bytes up to the end, and closes the reader",
  {},
  async () => {
    const { reader, writer } = pipe();
    writer.writeSync(bytes("hello, "));
    setTimeout(() => {
      writer.writeSync(bytes("stream"));
      writer.close();
    }, 2);
    assertEquals(await new Response(reader.readable).text(), "hello, stream");
    assertEquals(reader.fd, -1);
  },
);

test("readable and writable are the same stream each time", {}, () => {
  using ends = pipe();
  assert(ends.reader.readable === ends.reader.readable);
  assert(ends.writer.writable === ends.writer.writable);
});

test("readable asks for nothing before its consumer does", {}, async () => {
  using ends = pipe();
  const { readable } = ends.reader;
  ends.writer.writeSync(bytes("mine"));
  await turns();
  const buffer = new Uint8Array(8);
  assertEquals(text(buffer, ends.reader.tryRead(buffer)), "mine");
  ends.writer.writeSync(bytes("its"));
  const { value } = await readable.getReader().read();
  assertEquals(text(value!), "its");
});

test("readable that is not read stops the writer", {}, async () => {
  using ends = pipe();
  const capacity = fill(ends.writer);
  const stream = ends.reader.readable.getReader();
  // It has been read from, and more is wanted now and then.
  let taken = 0;
  for (let i = 0; i < 3; i++) {
    const { value } = await stream.read();
    taken += value!.byteLength;
    fill(ends.writer);
    await turns(2);
  }
  // However long it is left alone, it takes no more than a page ahead.
  let more = 0;
  for (let i = 0; i < 20; i++) {
    more += fill(ends.writer);
    await turns(2);
    assert(more <= capacity, `${more} bytes were taken in advance`);
  }
  assert(more <= 4096, `${more} bytes were taken in advance`);
  assert(taken >= capacity);
});

test("readable reads into the consumer's own buffers", {}, async () => {
  using ends = pipe();
  const stream = ends.reader.readable.getReader({ mode: "byob" });
  ends.writer.writeSync(bytes("abcdefgh"));
  const first = await stream.read(new Uint8Array(3));
  assertEquals(text(first.value!), "abc");
  const buffer = new ArrayBuffer(10);
  const second = await stream.read(new Uint8Array(buffer, 2, 4));
  assertEquals([second.value!.byteOffset, text(second.value!)], [2, "defg"]);
  assertEquals(buffer.byteLength, 0);
  const waiting = stream.read(new Uint8Array(4), { min: 4 });
  assert(await isPending(waiting));
  ends.writer.writeSync(bytes("ijk"));
  assertEquals(text((await waiting).value!), "hijk");
  ends.writer.close();
  const end = await stream.read(new Uint8Array(4));
  assertEquals([end.done, end.value!.byteLength], [true, 0]);
  assertEquals(ends.reader.fd, -1);
});

test("readable ends a read that waits for more than comes", {}, async () => {
  using ends = pipe();
  const stream = ends.reader.readable.getReader({ mode: "byob" });
  const waiting = stream.read(new Uint8Array(8), { min: 8 });
  ends.writer.writeSync(bytes("abc"));
  await turns(2);
  ends.writer.close();
  const { value, done } = await waiting;
  assertEquals([done, text(value!)], [true, "abc"]);
  assertEquals((await stream.read(new Uint8Array(8))).done, true);
});

test(
  "readable fails when the end comes within a number, and closes the reader",
  {},
  async () => {
    using ends = pipe();
    const stream = ends.reader.readable.getReader({ mode: "byob" });
    ends.writer.writeSync(bytes("abcdef"));
    const first = await stream.read(new Uint32Array(1));
    assertEquals(text(new Uint8Array(first.value!.buffer)), "abcd");
    const waiting = stream.read(new Uint32Array(1));
    await turns(2);
    ends.writer.close();
    await assertRejects(() => waiting, TypeError);
    assertEquals(ends.reader.fd, -1);
  },
);

for (const waits of [false, true]) {
  test(
    `cancel() of readable closes the reader ${
      waits ? "while it waits" : "before it is read"
    }`,
    {},
    async () => {
      using ends = pipe();
      const stream = ends.reader.readable.getReader();
      const reading = waits ? stream.read() : undefined;
      await turns(2);
      await stream.cancel("enough");
      assertEquals(ends.reader.fd, -1);
      assertEquals((await reading)?.done, waits ? true : undefined);
      await assertRejects(() => ends.writer.write(bytes("a")), BrokenPipe);
    },
  );
}

test("readable left by a for await closes the reader", {}, async () => {
  using ends = pipe();
  ends.writer.writeSync(bytes("one"));
  for await (const chunk of ends.reader.readable) {
    assertEquals(text(chunk), "one");
    break;
  }
  assertEquals(ends.reader.fd, -1);
});

test("readable that is let go of leaves the reader usable", {}, async () => {
  using ends = pipe();
  const stream = ends.reader.readable.getReader();
  ends.writer.writeSync(bytes("one"));
  assertEquals(text((await stream.read()).value!), "one");
  stream.releaseLock();
  ends.writer.writeSync(bytes("two"));
  const buffer = new Uint8Array(8);
  assertEquals(text(buffer, await ends.reader.read(buffer)), "two");
});

test(
  "readable fails when the reader is closed while it waits",
  {},
  async () => {
    using ends = pipe();
    const stream = ends.reader.readable.getReader();
    const refused = assertRejects(() => stream.read(), BadResource);
    await turns(2);
    ends.reader.close();
    await refused;
  },
);

test(
  "writable writes chunks as a whole, in order, and close() ends them",
  {},
  async () => {
    using ends = pipe();
    const all = new Uint8Array(1_000_003).map((_, i) => i % 251);
    const stream = ends.writer.writable.getWriter();
    const reading = readAll(ends.reader);
    stream.write(all.subarray(0, 3));
    stream.write(new Uint8Array(0));
    stream.write(all.subarray(3));
    await stream.close();
    assertEquals(ends.writer.fd, -1);
    assertEquals(await reading, all);
  },
);

test("writable waits while there is no room", {}, async () => {
  using ends = pipe();
  const filled = fill(ends.writer);
  const stream = ends.writer.writable.getWriter();
  const writing = stream.write(bytes("later"));
  assert(await isPending(writing));
  await readFull(ends.reader, filled);
  await writing;
  assertEquals(ends.reader.tryRead(new Uint8Array(8)), 5);
});

test(
  "abort() of writable gives up a chunk that waits, and closes the writer",
  {},
  async () => {
    using ends = pipe();
    const filled = fill(ends.writer);
    const stream = ends.writer.writable.getWriter();
    const writing = stream.write(bytes("never")).catch((error) => error);
    const closed = stream.closed.catch((error) => error);
    await turns(2);
    await stream.abort("enough");
    assertEquals([await writing, await closed], ["enough", "enough"]);
    assertEquals(ends.writer.fd, -1);
    assertEquals((await readAll(ends.reader)).byteLength, filled);
  },
);

test(
  "writable fails when nobody reads any more, and closes the writer",
  {},
  async () => {
    using ends = pipe();
    ends.reader.close();
    const stream = ends.writer.writable.getWriter();
    stream.closed.catch(() => {});
    await assertRejects(() => stream.write(bytes("a")), BrokenPipe);
    await assertRejects(() => stream.write(bytes("a")), BrokenPipe);
    assertEquals(ends.writer.fd, -1);
  },
);

for (
  const chunk of ["text", [1, 2], new ArrayBuffer(4), null] as unknown[]
) {
  test(
    `writable throws TypeError for ${
      JSON.stringify(chunk)
    } and writes nothing of it`,
    {},
    async () => {
      using ends = pipe();
      const stream = ends.writer.writable.getWriter();
      stream.closed.catch(() => {});
      await assertRejects(() => stream.write(chunk as Uint8Array), TypeError);
      assertEquals(ends.reader.tryRead(new Uint8Array(8)), null);
    },
  );
}

test(
  "pipeTo() carries one pipe to another, with all that belongs to it",
  {},
  async () => {
    using source = pipe();
    using target = pipe();
    const all = new Uint8Array(2_000_000).map((_, i) => i * 7 >> 3);
    const piping = source.reader.readable.pipeTo(target.writer.writable);
    const reading = readAll(target.reader);
    await writeAll(source.writer, all);
    source.writer.close();
    await piping;
    assertEquals(await reading, all);
    assertEquals([source.reader.fd, target.writer.fd], [-1, -1]);
  },
);

test(
  "pipeTo() closes the source when nobody reads the target",
  {},
  async () => {
    using source = pipe();
    using target = pipe();
    target.reader.close();
    source.writer.writeSync(bytes("a"));
    await assertRejects(
      () => source.reader.readable.pipeTo(target.writer.writable),
      BrokenPipe,
    );
    assertEquals([source.reader.fd, target.writer.fd], [-1, -1]);
  },
);

test("tee() gives both branches everything", {}, async () => {
  using ends = pipe();
  const [one, two] = ends.reader.readable.tee();
  ends.writer.writeSync(bytes("both"));
  ends.writer.close();
  const texts = [new Response(one).text(), new Response(two).text()];
  assertEquals(await Promise.all(texts), ["both", "both"]);
});
