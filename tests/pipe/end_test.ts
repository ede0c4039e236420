import { isOsError, pipe, spawnWith } from "@ipc/pipe";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { outcome } from "../_util/child.ts";
import { notLinux, test } from "../_util/test.ts";
import { turns } from "../_util/wait.ts";
import { bytes, fill, readAll, text } from "./_bytes.ts";
import { descriptorsTo, objectOf } from "./_descriptors.ts";

const { BrokenPipe } = Deno.errors;
const inspects = { needs: ["all"] as const, ignore: notLinux };

test(
  "read() returns null again and again when the writer is closed",
  {},
  async () => {
    using ends = pipe();
    const { reader, writer } = ends;
    const buffer = new Uint8Array(3);
    writer.writeSync(bytes("last"));
    writer.close();
    assertEquals(text(buffer, await reader.read(buffer)), "las");
    assertEquals(text(buffer, reader.readSync(buffer)), "t");
    for (let i = 0; i < 2; i++) {
      assertEquals(await reader.read(buffer), null);
      assertEquals(reader.readSync(buffer), null);
      assertEquals(reader.tryRead(buffer), null);
      assertEquals(await reader.read(buffer, { timeout: 0 }), null);
    }
    assertEquals(reader.readSync(new Uint8Array(0)), 0);
  },
);

test(
  "read() returns null when the writer is closed while it waits",
  {},
  async () => {
    using ends = pipe();
    const reads = [1, 2, 3].map(() => ends.reader.read(new Uint8Array(4)));
    await turns();
    ends.writer.writeSync(bytes("bye"));
    ends.writer.close();
    assertEquals(await Promise.all(reads), [3, null, null]);
  },
);

test("write() throws BrokenPipe when the reader is closed", {}, async () => {
  using ends = pipe();
  const { reader, writer } = ends;
  writer.writeSync(bytes("never read"));
  reader.close();
  for (
    const run of [
      () => writer.writeSync(bytes("a")),
      () => writer.tryWrite(bytes("a")),
      () => writer.writeSync(bytes("a"), { timeout: 0 }),
    ]
  ) {
    const error = assertThrows(run, BrokenPipe, "Cannot write");
    assert(isOsError(error, "EPIPE"));
  }
  const error = await assertRejects(() => writer.write(bytes("a")), BrokenPipe);
  assert(isOsError(error, "EPIPE"));
  // Only the writer's owner closes it.
  assert(writer.fd !== -1);
});

test(
  "write() rejects with BrokenPipe when the reader is closed while it waits",
  {},
  async () => {
    using ends = pipe();
    fill(ends.writer);
    const writes = [1, 2].map(() => ends.writer.write(bytes("a")));
    const outcomes = Promise.allSettled(writes);
    await turns();
    ends.reader.close();
    for (const outcome of await outcomes) {
      assert(outcome.status === "rejected");
      assert(outcome.reason instanceof BrokenPipe, String(outcome.reason));
    }
  },
);

test(
  "write() throws BrokenPipe as soon as a reader that waited is closed",
  {},
  async () => {
    using ends = pipe();
    const reading = ends.reader.read(new Uint8Array(1));
    const refused = assertRejects(() => reading, Deno.errors.BadResource);
    await turns();
    ends.reader.close();
    assertThrows(() => ends.writer.writeSync(bytes("a")), BrokenPipe);
    await refused;
  },
);

test("read() sees no end while a copy of the writing end is open elsewhere", {
  needs: ["run"],
}, async () => {
  using ends = pipe();
  const command = new Deno.Command("sleep", { args: ["60"], stdin: "null" });
  const holder = spawnWith(command, [ends.writer]);
  assertEquals(ends.writer.fd, -1);
  await assertRejects(
    () => ends.reader.read(new Uint8Array(1), { timeout: 30 }),
    Deno.errors.TimedOut,
  );
  holder.kill("SIGKILL");
  assertEquals(await ends.reader.read(new Uint8Array(1)), null);
  await holder.status;
});

test("read() delivers what a killed writer had written, and then the end", {
  needs: ["run"],
}, async () => {
  using ends = pipe();
  const line = "0123456789abcde\n";
  const command = new Deno.Command("sh", {
    args: ["-c", `exec yes 0123456789abcde >/dev/fd/${ends.writer.fd}`],
    stdin: "null",
  });
  const child = spawnWith(command, [ends.writer]);
  const first = new Uint8Array(1000);
  const count = await ends.reader.read(first);
  // It is now in the middle of a write, for which there is no room.
  await turns();
  child.kill("SIGKILL");
  assertEquals((await child.status).signal, "SIGKILL");
  const rest = await readAll(ends.reader);
  const all = text(first, count) + text(rest);
  assert(all.length >= 65_536, String(all.length));
  assertEquals(all, line.repeat(all.length / 16 + 1).slice(0, all.length));
  assertEquals(ends.reader.readSync(first), null);
});

test("write() throws BrokenPipe when the reading process is killed", {
  needs: ["run"],
}, async () => {
  using ends = pipe();
  const command = new Deno.Command("sleep", { args: ["60"], stdin: "null" });
  const child = spawnWith(command, [ends.reader]);
  fill(ends.writer);
  const writing = assertRejects(
    () => ends.writer.write(bytes("a")),
    BrokenPipe,
  );
  await turns();
  child.kill("SIGKILL");
  await writing;
  await child.status;
});

test(
  "write() lets the process live when the reader is closed, with all signals as they are",
  {
    needs: ["run", "read"],
  },
  async () => {
    const script = `
    import { pipe } from "@ipc/pipe";
    const { reader, writer } = pipe();
    reader.close();
    for (const write of [
      () => writer.writeSync(new Uint8Array(1)),
      () => writer.write(new Uint8Array(1)),
    ]) try { await write(); } catch (error) { console.log(error.name); }
  `;
    const config = new URL("../../deno.json", import.meta.url).pathname;
    const { code, signal, stdout, stderr } = await outcome(
      new Deno.Command(Deno.execPath(), {
        args: ["eval", "--quiet", "--config", config, script],
        stdin: "null",
      }),
    );
    assertEquals([code, signal, stderr], [0, null, ""]);
    assertEquals(stdout, "BrokenPipe\nBrokenPipe\n");
  },
);

test(
  "close() lets go of every descriptor, also of those that waits needed",
  inspects,
  async () => {
    const { reader, writer } = pipe();
    const object = objectOf(reader.fd);
    const reading = reader.read(new Uint8Array(4));
    await turns();
    writer.writeSync(bytes("one"));
    assertEquals(await reading, 3);
    fill(writer);
    const writing = writer.write(bytes("a"));
    await turns();
    const ended = readAll(reader);
    await writing;
    writer.close();
    await ended;
    reader.close();
    await turns();
    assertEquals(descriptorsTo(object), []);
  },
);
