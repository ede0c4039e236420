import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { pipe } from "@ipc/pipe";
import { isCloseOnExec } from "../../libc/fcntl.ts";
import { capabilities } from "../../libc/platform.ts";
import type { Capabilities } from "../../libc/platform.ts";
import { test } from "../_util/test.ts";
import { isPending, turns } from "../_util/wait.ts";
import { bytes, fill, readAll, readFull, writeAll } from "../pipe/_bytes.ts";

const { BadResource, BrokenPipe, NotSupported, TimedOut } = Deno.errors;

/** Declares a test that walks the way round a missing ability. */
function testWithout(
  missing: keyof Capabilities,
  name: string,
  run: () => void | Promise<void>,
): void {
  test(`${name} without ${missing}`, {}, async () => {
    const before = capabilities[missing];
    capabilities[missing] = false;
    try {
      await run();
      // Whatever stands on it is gone, so that the next test makes its own.
      await turns(5);
    } finally {
      capabilities[missing] = before;
    }
  });
}

testWithout("pipe2", "pipe() makes both ends close-on-exec", async () => {
  using ends = pipe();
  const { reader, writer } = ends;
  assertEquals([reader.fd, writer.fd].map(isCloseOnExec), [true, true]);
  writer.writeSync(bytes("hello"));
  writer.close();
  assertEquals(await new Response(reader.readable).text(), "hello");
});

testWithout("pipeCapacity", "capacity throws NotSupported", () => {
  using ends = pipe();
  for (const end of [ends.reader, ends.writer]) {
    assertThrows(() => end.capacity, NotSupported, "macOS");
    assertThrows(() => end.capacity = 4096, NotSupported, "macOS");
  }
  assertThrows(() => pipe({ capacity: 4096 }), NotSupported, "macOS");
  assertThrows(() => pipe({ capacity: 0 }), RangeError);
  ends.reader.close();
  assertThrows(() => ends.reader.capacity, BadResource);
});

for (const missing of ["ioUring", "epoll"] as const) {
  testWithout(missing, "write() waits for room", async () => {
    using ends = pipe();
    const filled = fill(ends.writer);
    const writes = ["a", "b"].map((letter) => ends.writer.write(bytes(letter)));
    assert(await isPending(Promise.race(writes)));
    await readFull(ends.reader, filled);
    assertEquals(await Promise.all(writes), [1, 1]);
  });
}

testWithout("epoll", "write() carries more than a pipe holds", async () => {
  using ends = pipe();
  const all = new Uint8Array(1_000_000).map((_, i) => i % 251);
  const reading = readAll(ends.reader);
  await writeAll(ends.writer, all);
  ends.writer.close();
  assertEquals(await reading, all);
});

testWithout(
  "epoll",
  "write() gives up when it is aborted or late, and writes nothing",
  async () => {
    using ends = pipe();
    const filled = fill(ends.writer);
    const abort = new AbortController();
    const aborted = ends.writer.write(bytes("a"), { signal: abort.signal })
      .catch((reason) => reason);
    await assertRejects(
      () => ends.writer.write(bytes("b"), { timeout: 5 }),
      TimedOut,
    );
    abort.abort("enough");
    assertEquals(await aborted, "enough");
    ends.writer.close();
    assertEquals((await readAll(ends.reader)).byteLength, filled);
  },
);

testWithout("epoll", "write() rejects when either end is closed", async () => {
  for (const closes of ["reader", "writer"] as const) {
    using ends = pipe();
    fill(ends.writer);
    const refused = assertRejects(
      () => ends.writer.write(bytes("a")),
      closes === "reader" ? BrokenPipe : BadResource,
    );
    await turns(3);
    ends[closes].close();
    await refused;
  }
});

testWithout("epoll", "write() to many full pipes waits for each", async () => {
  const pipes = Array.from({ length: 200 }, () => pipe());
  const filled = pipes.map(({ writer }) => fill(writer));
  const writes = pipes.map(({ writer }) => writer.write(bytes("a")));
  for (const [i, { reader }] of pipes.entries()) {
    await readFull(reader, filled[i]!);
  }
  assertEquals(await Promise.all(writes), pipes.map(() => 1));
  for (const ends of pipes) ends.close();
});
