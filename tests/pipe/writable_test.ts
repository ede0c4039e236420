import { pipe } from "@ipc/pipe";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { test } from "../_util/test.ts";
import { isPending, turns } from "../_util/wait.ts";
import { bytes, fill, readAll, readFull, writeAll } from "./_bytes.ts";

const { BrokenPipe } = Deno.errors;

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
  "abort() of writable closes the writer when nothing waits",
  {},
  async () => {
    using ends = pipe();
    const stream = ends.writer.writable.getWriter();
    stream.closed.catch(() => {});
    await stream.write(bytes("kept"));
    await stream.abort("enough");
    assertEquals(ends.writer.fd, -1);
    assertEquals((await readAll(ends.reader)).byteLength, 4);
  },
);

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
