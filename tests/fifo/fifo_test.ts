import { mkfifo, openFifo, openFifoSync, PIPE_BUF } from "@ipc/fifo";
import type { Fifo } from "@ipc/fifo";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { F_GETFL, fcntl, O_NONBLOCK } from "../../libc/fcntl.ts";
import { test } from "../_util/test.ts";
import type { TestScope } from "../_util/test.ts";
import { isPending, turns } from "../_util/wait.ts";
import { bytes, fill, readAll, text, writeAll } from "../pipe/_bytes.ts";

const { BadResource, BrokenPipe, PermissionDenied, TimedOut } = Deno.errors;
const needs = ["write"] as const;

/** Both sides of a new FIFO. */
async function bothSides(t: TestScope): Promise<[reader: Fifo, writer: Fifo]> {
  const path = `${t.folder()}/fifo`;
  mkfifo(path);
  const sides = await Promise.all([
    openFifo(path, { read: true }),
    openFifo(path, { write: true }),
  ]);
  t.defer(() => sides.forEach((side) => side.close()));
  return sides;
}

test("readSync() of a FIFO sleeps in the call when it is to block", {
  needs,
}, (t) => {
  const path = `${t.folder()}/fifo`;
  mkfifo(path);
  using both = openFifoSync(path, { read: true, write: true, wait: "block" });
  const buffer = new Uint8Array(8);
  const isNonblocking = () =>
    both.fds.map((fd) => (fcntl(fd, F_GETFL, 0) & O_NONBLOCK) !== 0);
  for (let i = 0; i < 2; i++) {
    both.writeSync(bytes("a"));
    assertEquals(both.readSync(buffer), 1);
    assertEquals(isNonblocking(), [false, false]);
    // With a timeout it does not, and then again.
    assertThrows(() => both.readSync(buffer, { timeout: 1 }), TimedOut);
    assertEquals(isNonblocking(), [true, false]);
  }
});

test("read() and write() of a FIFO hand bytes over, in all their ways", {
  needs,
}, async (t) => {
  const [reader, writer] = await bothSides(t);
  const buffer = new Uint8Array(8);
  assertEquals(reader.tryRead(buffer), undefined);
  await writer.write(bytes("a"));
  writer.writeSync(bytes("b"));
  writer.tryWrite(bytes("c"));
  assertEquals(text(buffer, await reader.read(buffer)), "abc");
  const waiting = reader.read(buffer);
  assert(await isPending(waiting));
  writer.writeSync(bytes("d"));
  assertEquals(text(buffer, await waiting), "d");
  writer.writeSync(bytes("ef"));
  assertEquals(text(buffer, reader.readSync(buffer.subarray(0, 1))), "e");
  assertEquals(text(buffer, reader.tryRead(buffer)), "f");
  for (const none of [0, 1]) {
    assertEquals(await reader.read(new Uint8Array(0)), 0);
    assertEquals(writer.writeSync(new Uint8Array(0)), 0);
    if (none === 0) fill(writer);
  }
});

test(
  "readable and writable of a FIFO carry more than it holds",
  { needs },
  async (t) => {
    const [reader, writer] = await bothSides(t);
    const all = new Uint8Array(500_000).map((_, i) => i % 253);
    const stream = writer.writable.getWriter();
    const received = new Response(reader.readable).arrayBuffer();
    await stream.write(all);
    await stream.close();
    assertEquals(new Uint8Array(await received), all);
    assertEquals([reader.fd, writer.fd], [-1, -1]);
  },
);

test(
  "read() of a FIFO returns null when the last writer is gone, and bytes of the next",
  { needs },
  async (t) => {
    const [reader, first] = await bothSides(t);
    using second = await openFifo(reader.path, { write: true });
    const buffer = new Uint8Array(8);
    first.close();
    assertEquals(reader.tryRead(buffer), undefined);
    second.close();
    assertEquals(await reader.read(buffer), null);
    assertEquals(reader.readSync(buffer), null);
    using next = await openFifo(reader.path, { write: true });
    next.writeSync(bytes("next"));
    assertEquals(text(buffer, await reader.read(buffer)), "next");
  },
);

test(
  "read() of a FIFO that is kept open waits for the next writer",
  { needs },
  async (t) => {
    const path = `${t.folder()}/fifo`;
    mkfifo(path);
    using reader = await openFifo(path, {
      read: true,
      keepOpen: true,
      timeout: 0,
    });
    const buffer = new Uint8Array(8);
    for (const word of ["one", "two", "three"]) {
      const reading = reader.read(buffer);
      using writer = await openFifo(path, { write: true, timeout: 5000 });
      writer.writeSync(bytes(word));
      writer.close();
      assertEquals(text(buffer, await reading), word);
      assertThrows(() => reader.readSync(buffer, { timeout: 5 }), TimedOut);
    }
    // It keeps it for itself: it cannot be written to.
    assertThrows(() => reader.writeSync(buffer), PermissionDenied);
  },
);

test("write() to a FIFO throws BrokenPipe when the last reader is gone", {
  needs,
}, async (t) => {
  const [reader, writer] = await bothSides(t);
  writer.writeSync(bytes("lost"));
  reader.close();
  assertThrows(() => writer.writeSync(bytes("a")), BrokenPipe, writer.path);
  await assertRejects(() => writer.write(bytes("a")), BrokenPipe);
  // What nobody has read waits for the next, while somebody has it open.
  using next = await openFifo(writer.path, { read: true });
  writer.writeSync(bytes(" and found"));
  const buffer = new Uint8Array(16);
  assertEquals(text(buffer, next.tryRead(buffer)), "lost and found");
});

test("a FIFO that is open for both reads what it writes, and never ends", {
  needs,
}, async (t) => {
  const path = `${t.folder()}/fifo`;
  mkfifo(path);
  using both = openFifoSync(path, { read: true, write: true, timeout: 0 });
  const [from, to] = both.fds;
  assert(from === both.fd && from !== to);
  const all = new Uint8Array(200_000).map((_, i) => i % 241);
  const writing = writeAll(both, all);
  const parts = new Uint8Array(all.byteLength);
  for (let at = 0; at < all.byteLength;) {
    at += await both.read(parts.subarray(at)) ?? 0;
  }
  await writing;
  assertEquals(parts, all);
  await assertRejects(() => both.read(parts, { timeout: 5 }), TimedOut);
});

test(
  "every method of a FIFO throws PermissionDenied in the direction it is not open for",
  { needs },
  async (t) => {
    const [reader, writer] = await bothSides(t);
    const byte = new Uint8Array(1);
    for (
      const run of [
        () => writer.readSync(byte),
        () => writer.tryRead(byte),
        () => writer.readable,
        () => reader.writeSync(byte),
        () => reader.tryWrite(byte),
        () => reader.writable,
      ]
    ) assertThrows(run, PermissionDenied, reader.path);
    await assertRejects(
      () => writer.read(byte),
      PermissionDenied,
      "writing only",
    );
    await assertRejects(
      () => reader.write(byte),
      PermissionDenied,
      "reading only",
    );
  },
);

test(
  "close() of a FIFO rejects what waits, and every method throws BadResource afterwards",
  { needs },
  async (t) => {
    const [reader, writer] = await bothSides(t);
    const byte = new Uint8Array(1);
    fill(writer);
    using idle = openFifoSync(reader.path, { read: true, keepOpen: true });
    const writing = assertRejects(() => writer.write(byte), BadResource);
    await turns(2);
    writer.close();
    await writing;
    await readAll(idleLimited(reader));
    const waiting = assertRejects(() => idle.read(byte), BadResource);
    await turns(2);
    idle.close();
    await waiting;
    reader.close();
    for (
      const run of [
        () => reader.readSync(byte),
        () => reader.tryRead(byte),
        () => writer.writeSync(byte),
        () => writer.tryWrite(byte),
      ]
    ) assertThrows(run, BadResource, reader.path);
    await assertRejects(() => reader.read(byte), BadResource);
    await assertRejects(() => writer.write(byte), BadResource);
    assertEquals([reader.fds, writer.fds], [[-1], [-1]]);
  },
);

/** What is there now, as if its end came after it. */
function idleLimited(fifo: Fifo) {
  const read = (p: Uint8Array) => Promise.resolve(fifo.tryRead(p) ?? null);
  return { read, readSync: () => null };
}

for (const way of ["timeout", "abort"] as const) {
  test(`read() and write() of a FIFO give up by ${way}, and nothing is lost`, {
    needs,
  }, async (t) => {
    const [reader, writer] = await bothSides(t);
    const buffer = new Uint8Array(8);
    function options() {
      if (way === "timeout") return { timeout: 3 };
      const abort = new AbortController();
      setTimeout(() => abort.abort(new TimedOut("aborted")), 3);
      return { signal: abort.signal };
    }
    await assertRejects(() => reader.read(buffer, options()), TimedOut);
    writer.writeSync(bytes("kept"));
    assertEquals(text(buffer, await reader.read(buffer)), "kept");
    const filled = fill(writer);
    await assertRejects(
      () => writer.write(bytes("never"), options()),
      TimedOut,
    );
    assertThrows(
      () => writer.writeSync(bytes("never"), { timeout: 3 }),
      TimedOut,
    );
    writer.close();
    assertEquals((await readAll(reader)).byteLength, filled);
  });
}

test("write() to a FIFO of PIPE_BUF bytes or fewer is all or nothing", {
  needs,
}, async (t) => {
  const [reader, writer] = await bothSides(t);
  fill(writer);
  await reader.read(new Uint8Array(PIPE_BUF));
  assertEquals(writer.tryWrite(bytes("a")), 1);
  assertEquals(writer.tryWrite(new Uint8Array(PIPE_BUF)), undefined);
  // More than that is written in part, where there is room for a part.
  const count = writer.tryWrite(new Uint8Array(PIPE_BUF + 1));
  assert(count === undefined || count < PIPE_BUF);
});
