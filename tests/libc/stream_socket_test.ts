import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { duplicate, isCloseOnExec } from "../../libc/fcntl.ts";
import { FileDescriptor } from "../../libc/file_descriptor.ts";
import { tryRead } from "../../libc/unistd.ts";
import { test } from "../_util/test.ts";
import { isPending, turns } from "../_util/wait.ts";
import { bytes, fill, readAll, text, writeAll } from "../pipe/_bytes.ts";
import { streamPair } from "./_sockets.ts";
import { without } from "./_without.ts";

const { BadResource, BrokenPipe, ConnectionReset, TimedOut } = Deno.errors;
const buffer = new Uint8Array(64);

for (
  const missing of [[], ["dontWaitSends", "socketFlags", "epoll"]] as const
) {
  const how = missing.length === 0 ? "" : ` without ${missing.join(", ")}`;

  test(`StreamSocket carries bytes both ways${how}`, {}, async (t) => {
    without(t, ...missing);
    const [a, b] = streamPair();
    assertEquals([a.fd, b.fd].map(isCloseOnExec), [true, true]);
    for (let i = 0; i < 3; i++) {
      assertEquals(a.writeSync(bytes("ping")), 4);
      assertEquals(text(buffer, b.readSync(buffer)), "ping");
      const reading = a.read(buffer);
      assert(await isPending(reading));
      assertEquals(await b.write(bytes("pong")), 4);
      assertEquals(text(buffer, await reading), "pong");
      assertEquals(a.tryRead(buffer), undefined);
      assertThrows(() => a.readSync(buffer, { timeout: 1 }), TimedOut);
    }
    a.close();
    a.close();
    assertEquals(await b.read(buffer), null);
    b.close();
    await turns(5);
  });

  test(
    `closeWrite() of StreamSocket ends one direction${how}`,
    {},
    async (t) => {
      without(t, ...missing);
      const [a, b] = streamPair();
      await a.write(bytes("last"));
      a.closeWrite();
      a.closeWrite();
      assertRejects(() => a.write(bytes("more")), BadResource);
      assertEquals(text(await readAll(b)), "last");
      const answer = a.read(buffer);
      assert(await isPending(answer));
      await b.write(bytes("answer"));
      assertEquals(text(buffer, await answer), "answer");
      b.closeWrite();
      assertEquals(await a.read(buffer), null);
      assert(a.fd !== -1);
      a.close();
      b.close();
      assertEquals([a.fd, b.fd], [-1, -1]);
      await turns(5);
    },
  );

  test(`write() of StreamSocket waits for room${how}`, {}, async (t) => {
    without(t, ...missing);
    const [a, b] = streamPair();
    const filled = fill(a);
    assertThrows(() => a.writeSync(bytes("x"), { timeout: 2 }), TimedOut);
    const abort = new AbortController();
    const aborted = a.write(bytes("x"), { signal: abort.signal });
    aborted.catch(() => {});
    const writing = writeAll(a, new Uint8Array(1_000_000)).then(() =>
      a.closeWrite()
    );
    await turns(3);
    abort.abort("enough");
    assertEquals(await aborted.catch((reason) => reason), "enough");
    assertEquals((await readAll(b)).byteLength, filled + 1_000_000);
    await writing;
    a.close();
    b.close();
    await turns(5);
  });
}

test(
  "read() of StreamSocket delivers what arrived, then the reset",
  {},
  async () => {
    for (const way of ["sync", "async", "waiting"] as const) {
      const [a, b] = streamPair();
      // The other side has not read this when it goes.
      a.writeSync(bytes("never read"));
      if (way !== "waiting") b.writeSync(bytes("arrived"));
      const waiting = way === "waiting" && a.read(buffer);
      await turns(3);
      b.close();
      if (way === "sync") {
        assertEquals(text(buffer, a.readSync(buffer)), "arrived");
        assertThrows(() => a.readSync(buffer), ConnectionReset);
      } else if (waiting) {
        await assertRejects(() => waiting, ConnectionReset);
      } else {
        assertEquals(text(buffer, await a.read(buffer)), "arrived");
        await assertRejects(() => a.read(buffer), ConnectionReset);
      }
      assertEquals(a.readSync(buffer), null);
      assertThrows(() => a.writeSync(bytes("x")), BrokenPipe);
      a.close();
    }
  },
);

test(
  "close() of StreamSocket rejects waits in both directions",
  {},
  async () => {
    const [a, b] = streamPair();
    fill(a);
    const waits = [a.read(buffer), a.write(bytes("x"))];
    await turns(3);
    a.close();
    for (const wait of waits) await assertRejects(() => wait, BadResource);
    b.close();
  },
);

test(
  "close() of StreamSocket leaves the connection to others who have it",
  {},
  () => {
    const [a, b] = streamPair();
    const copy = duplicate(a.fd);
    a.close();
    assertEquals(b.tryRead(buffer), undefined);
    b.writeSync(bytes("still"));
    using theirs = new FileDescriptor(copy);
    assertEquals(tryRead(theirs.fd, buffer), 5);
    b.close();
  },
);

test(
  "readable and writable of StreamSocket close one direction each",
  {},
  async () => {
    const [a, b] = streamPair();
    const writer = a.writable.getWriter();
    await writer.write(bytes("one"));
    await writer.close();
    assertEquals(await new Response(b.readable).text(), "one");
    await b.write(bytes("two"));
    const reader = a.readable.getReader();
    assertEquals(text((await reader.read()).value!), "two");
    await reader.cancel();
    assertEquals(a.fd, -1);
    assertThrows(() => b.writeSync(bytes("x")), BrokenPipe);
    b.close();
  },
);
