import { pipe, spawnWith } from "@ipc/pipe";
import type { Pipe } from "@ipc/pipe";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { notLinux, test } from "../_util/test.ts";

/** Whether what a descriptor shows returns at once, as the kernel knows. */
function isNonblocking(fd: number): boolean {
  const info = Deno.readTextFileSync(`/proc/self/fdinfo/${fd}`);
  return (parseInt(info.match(/flags:\s*(\d+)/)![1]!, 8) & 0o4000) !== 0;
}

/** Nine long waits of a reader, after which the writer is still open. */
async function waitLong({ reader, writer }: Pipe): Promise<void> {
  const loop = "for i in 1 2 3 4 5 6 7 8 9; do sleep 0.01; printf x; done";
  const drip = `${loop} > /dev/fd/${writer.fd}`;
  const command = new Deno.Command("sh", { args: ["-c", drip] });
  const child = spawnWith(command, [writer], { keep: true });
  const buffer = new Uint8Array(1);
  for (let i = 0; i < 9; i++) assertEquals(reader.readSync(buffer), 1);
  await child.status;
  assertEquals(isNonblocking(reader.fd), false);
}

test(
  "readSync() waits in the read itself after long waits, until the event loop reads",
  { needs: ["run", "all"], ignore: notLinux },
  async () => {
    const { reader, writer } = pipe();
    const loop =
      "for i in 1 2 3 4 5 6 7 8 9 10 11 12; do sleep 0.01; printf x; done";
    const drip = `${loop} > /dev/fd/${writer.fd}`;
    const child = spawnWith(new Deno.Command("sh", { args: ["-c", drip] }), [
      writer,
    ]);
    const buffer = new Uint8Array(1);
    for (let i = 0; i < 12; i++) assertEquals(reader.readSync(buffer), 1);
    assertEquals(isNonblocking(reader.fd), false);
    assertEquals(reader.readSync(buffer), null);
    await child.status;
    reader.close();
  },
);

test(
  "read() leaves the event loop free after long waits of readSync()",
  { needs: ["run", "all"], ignore: notLinux },
  async () => {
    using ends = pipe();
    await waitLong(ends);
    const { reader, writer } = ends;
    const buffer = new Uint8Array(1);
    let ticks = 0;
    const timer = setInterval(() => ticks++, 5);
    await assertRejects(
      () => reader.read(buffer, { timeout: 60 }),
      Deno.errors.TimedOut,
    );
    clearInterval(timer);
    assert(ticks > 0);
    assertEquals(isNonblocking(reader.fd), true);
    // From now on nothing may block the event loop by itself.
    writer.writeSync(buffer);
    assertEquals(reader.readSync(buffer), 1);
    assertEquals(isNonblocking(reader.fd), true);
  },
);

test(
  "readSync() looks again before it sleeps once bytes come soon after long waits",
  { needs: ["run", "all"], ignore: notLinux },
  async () => {
    using ends = pipe();
    await waitLong(ends);
    const { reader, writer } = ends;
    const buffer = new Uint8Array(1);
    let count = 0;
    for (; !isNonblocking(reader.fd) && count < 100; count++) {
      writer.writeSync(buffer);
      assertEquals(reader.readSync(buffer), 1);
    }
    assert(count > 0 && count < 50, `${count} reads`);
  },
);

test(
  "readSync() of nothing returns at once after long waits",
  { needs: ["run", "all"], ignore: notLinux },
  async () => {
    using ends = pipe();
    await waitLong(ends);
    const { reader } = ends;
    for (let i = 0; i < 20; i++) {
      assertEquals(reader.readSync(new Uint8Array(0)), 0);
    }
  },
);
