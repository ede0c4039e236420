import { pipe } from "@ipc/pipe";
import { assertEquals, assertRejects } from "@std/assert";
import { test } from "../_util/test.ts";
import { turns } from "../_util/wait.ts";
import { bytes, fill, readFull, text } from "./_bytes.ts";

const { TimedOut } = Deno.errors;

test(
  "read() serves reads in order, and passes over those that gave up",
  {},
  async () => {
    using ends = pipe();
    const buffers = Array.from({ length: 6 }, () => new Uint8Array(2));
    const abort = new AbortController();
    const reads = buffers.map((buffer, index) =>
      ends.reader.read(buffer, {
        signal: index === 0 || index === 3 ? abort.signal : undefined,
        timeout: index === 4 ? 1 : undefined,
      })
    );
    const outcomes = Promise.allSettled(reads);
    await turns(10);
    abort.abort();
    ends.writer.writeSync(bytes("aabbcc"));
    const kinds = (await outcomes).map(({ status }) => status === "fulfilled");
    assertEquals(kinds, [false, true, true, false, false, true]);
    assertEquals(buffers.map((buffer) => buffer[0] && text(buffer)), [
      0,
      "aa",
      "bb",
      0,
      0,
      "cc",
    ]);
  },
);

test(
  "read() wakes one read after the other, as bytes come for each",
  {},
  async () => {
    using ends = pipe();
    const buffers = Array.from({ length: 4 }, () => new Uint8Array(4));
    const reads = buffers.map((buffer) => ends.reader.read(buffer));
    for (const [i, reading] of reads.entries()) {
      await turns(2);
      ends.writer.writeSync(bytes(`no ${i}`));
      assertEquals(text(buffers[i]!, await reading), `no ${i}`);
    }
  },
);

test(
  "write() wakes one write after the other, as room comes for each",
  {},
  async () => {
    using ends = pipe();
    fill(ends.writer);
    const page = new Uint8Array(4096);
    const writes = [1, 2, 3].map(() => ends.writer.write(page));
    for (const writing of writes) {
      await turns(2);
      await readFull(ends.reader, 4096);
      assertEquals(await writing, 4096);
    }
  },
);

test(
  "write() serves writes in order, and passes over those that gave up",
  {},
  async () => {
    using ends = pipe();
    const filled = fill(ends.writer);
    const abort = new AbortController();
    const writes = ["a", "b", "c", "d"].map((letter, index) =>
      ends.writer.write(bytes(letter), {
        signal: index % 2 === 1 ? abort.signal : undefined,
      })
    );
    const outcomes = Promise.allSettled(writes);
    await turns(2);
    abort.abort();
    await readFull(ends.reader, filled);
    const kinds = (await outcomes).map(({ status }) => status === "fulfilled");
    assertEquals(kinds, [true, false, true, false]);
    const rest = new Uint8Array(8);
    assertEquals(text(rest, ends.reader.tryRead(rest)), "ac");
  },
);

test(
  "tryRead() and read() with timeout 0 take nothing from a read that waits",
  {},
  async () => {
    using ends = pipe();
    const buffer = new Uint8Array(1);
    const first = ends.reader.read(buffer);
    await turns(2);
    ends.writer.writeSync(bytes("ab"));
    assertEquals(ends.reader.tryRead(new Uint8Array(1)), undefined);
    await assertRejects(
      () => ends.reader.read(new Uint8Array(1), { timeout: 0 }),
      TimedOut,
    );
    assertEquals([await first, text(buffer)], [1, "a"]);
    assertEquals([ends.reader.tryRead(buffer), text(buffer)], [1, "b"]);
  },
);

test("read() does not overtake one that waits", {}, async () => {
  using ends = pipe();
  const [first, second] = [new Uint8Array(1), new Uint8Array(1)];
  const waits = [ends.reader.read(first)];
  ends.writer.writeSync(Uint8Array.of(1));
  // The first has not been served yet, although its byte is there.
  waits.push(ends.reader.read(second));
  ends.writer.writeSync(Uint8Array.of(2));
  assertEquals(await Promise.all(waits), [1, 1]);
  assertEquals([first[0], second[0]], [1, 2]);
});

test("write() does not overtake one that waits", {}, async () => {
  using ends = pipe();
  fill(ends.writer);
  const waits = [ends.writer.write(Uint8Array.of(1))];
  ends.reader.readSync(new Uint8Array(8192));
  // The first has not been served yet, although there is room.
  waits.push(ends.writer.write(Uint8Array.of(2)));
  assertEquals(await Promise.all(waits), [1, 1]);
  const rest = new Uint8Array(2 ** 20);
  const count = ends.reader.readSync(rest)!;
  assertEquals([...rest.subarray(count - 2, count)], [1, 2]);
});
