import { pipe } from "@ipc/pipe";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { test } from "../_util/test.ts";
import { isPending, turns } from "../_util/wait.ts";
import { bytes, fill, text } from "./_bytes.ts";

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
