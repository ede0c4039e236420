import { duplexPipe, pipe, spawnWith } from "@ipc/pipe";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { compileC, denoPeer, output, withoutProgram } from "../_util/child.ts";
import { emulated } from "../_util/emulation.ts";
import { notLinux, test } from "../_util/test.ts";
import { turns } from "../_util/wait.ts";
import { bytes, fill, readAll, text } from "./_bytes.ts";
import { descriptorsTo, flagsOf, objectOf } from "./_descriptors.ts";

const inspects = { needs: ["all"] as const, ignore: notLinux };
const compiles = {
  needs: ["run", "read", "write"] as const,
  ignore: withoutProgram("cc"),
};
const O_CLOEXEC = 0o2000000;
const streams = { stdin: "null", stdout: "piped", stderr: "piped" } as const;
const sleep = new Deno.Command("sleep", { args: ["60"], stdin: "null" });

/** Whether a descriptor would be closed in a program that is started. */
function isCloseOnExec(fd: number): boolean {
  return (flagsOf(fd) & O_CLOEXEC) !== 0;
}

test(
  "spawnWith() hands over what it is given, under the same number, and nothing else",
  inspects,
  async () => {
    using given = pipe();
    using other = pipe();
    const { fd } = given.writer;
    const object = objectOf(fd);
    const child = spawnWith(sleep, [given.writer]);
    assertEquals(descriptorsTo(object, child.pid), [fd]);
    assertEquals(descriptorsTo(objectOf(other.reader.fd), child.pid), []);
    child.kill("SIGKILL");
    await child.status;
  },
);

test(
  "spawnWith() closes in this process what it handed over",
  inspects,
  async () => {
    using ends = pipe();
    const child = spawnWith(new Deno.Command("true", streams), [ends.writer]);
    assertEquals(ends.writer.fd, -1);
    assertEquals(descriptorsTo(objectOf(ends.reader.fd)), [ends.reader.fd]);
    assertEquals(await ends.reader.read(new Uint8Array(1)), null);
    await child.output();
  },
);

test(
  "spawnWith() leaves what is kept open, and close-on-exec",
  inspects,
  async () => {
    using ends = pipe();
    const { fd } = ends.writer;
    const first = spawnWith(sleep, [ends.writer], { keep: true });
    assertEquals([ends.writer.fd, isCloseOnExec(fd)], [fd, true]);
    // Nobody gets it who is started later, in whatever way.
    using unrelated = pipe();
    const second = spawnWith(sleep, [unrelated.writer]);
    const third = sleep.spawn();
    const object = objectOf(fd);
    assertEquals(descriptorsTo(object, first.pid), [fd]);
    assertEquals(descriptorsTo(object, second.pid), []);
    assertEquals(descriptorsTo(object, third.pid), []);
    // But it can be handed over again.
    const fourth = spawnWith(sleep, [ends.writer]);
    assertEquals(descriptorsTo(object, fourth.pid), [fd]);
    for (const child of [first, second, third, fourth]) {
      child.kill("SIGKILL");
      await child.status;
    }
  },
);

test(
  "spawnWith() leaves everything open and close-on-exec when there is no such program",
  // Under QEMU starting what is not there succeeds, and ends at once.
  { ...inspects, ignore: inspects.ignore || emulated() },
  () => {
    using ends = pipe();
    const [ours, theirs] = duplexPipe();
    const missing = new Deno.Command("/no/such/program");
    const given = [ends.reader, ends.writer, theirs];
    assertThrows(() => spawnWith(missing, given), Deno.errors.NotFound);
    for (const fd of [ends.reader.fd, ends.writer.fd, ...theirs.fds]) {
      assert(fd !== -1);
      assertEquals(isCloseOnExec(fd), true);
    }
    ends.writer.writeSync(bytes("fine"));
    assertEquals(ends.reader.tryRead(new Uint8Array(9)), 4);
    ours.close();
    theirs.close();
  },
);

test(
  "spawnWith() throws BadResource when an end is closed, and starts nothing",
  inspects,
  () => {
    using open = pipe();
    const closed = pipe();
    closed.close();
    const folder = Deno.makeTempDirSync();
    const touch = new Deno.Command("touch", { args: [`${folder}/started`] });
    for (
      const ends of [[open.writer, closed.writer], [closed.reader, open.reader]]
    ) {
      assertThrows(() => spawnWith(touch, ends), Deno.errors.BadResource);
    }
    assertEquals([open.reader.fd, open.writer.fd].map(isCloseOnExec), [
      true,
      true,
    ]);
    assertEquals([...Deno.readDirSync(folder)], []);
    Deno.removeSync(folder);
  },
);

test("spawnWith() hands over both sides of a conversation, and several pipes", {
  needs: ["run"],
}, async () => {
  const [ours, theirs] = duplexPipe();
  using log = pipe();
  const [from, to] = theirs.fds;
  const script =
    `cat </dev/fd/${from} >/dev/fd/${to}; echo done >/dev/fd/${log.writer.fd}`;
  const command = new Deno.Command("sh", {
    args: ["-c", script],
    stdin: "null",
  });
  const child = spawnWith(command, new Set([theirs, log.writer]));
  assertEquals(theirs.fds, [-1, -1]);
  await ours.write(bytes("hello"));
  ours.writer.close();
  assertEquals(text(await readAll(ours)), "hello");
  assertEquals(text(await readAll(log.reader)), "done\n");
  ours.close();
  await child.status;
});

test(
  "spawnWith() makes the child's descriptors wait, though ours did not",
  compiles,
  async (t) => {
    using ends = pipe();
    const { reader, writer } = ends;
    // Both ends have been used in a way that needs them not to wait.
    await writer.write(bytes("a"));
    await reader.read(new Uint8Array(1));
    const program = await compileC("stream_peer.c", t.folder());
    const fds = [reader.fd, writer.fd];
    const args = ["state", ...fds.map(String)];
    const child = spawnWith(
      new Deno.Command(program, { args, ...streams }),
      [reader, writer],
      { keep: true },
    );
    const { stdout } = await child.output();
    assertEquals(text(stdout), fds.map((fd) => `${fd} open\n`).join(""));
    // And ours do not wait again, when they are used again.
    fill(writer);
    assertEquals(writer.tryWrite(bytes("a")), undefined);
  },
);

test(
  "spawnWith() keeps from children that are started later what an earlier one got",
  compiles,
  async (t) => {
    using ends = pipe();
    const program = await compileC("stream_peer.c", t.folder());
    const args = ["state", String(ends.writer.fd)];
    const { fd } = ends.writer;
    const command = new Deno.Command(program, { args, ...streams });
    const first = spawnWith(command, [ends.writer], { keep: true });
    const second = command.spawn();
    assertEquals(text((await first.output()).stdout), `${fd} open\n`);
    assertEquals(text((await second.output()).stdout), `${fd} closed\n`);
  },
);

test(
  "spawnWith() restores close-on-exec only where it was on",
  inspects,
  async () => {
    // A child inherits a descriptor, and with it that it can hand it on.
    using ends = pipe();
    const script = `
    import { PipeWriter, spawnWith } from "@ipc/pipe";
    const writer = PipeWriter.fromFd(Number(Deno.args[0]));
    const args = ["-c", "echo grandchild >/dev/fd/" + writer.fd];
    await spawnWith(new Deno.Command("sh", { args }), [writer]).status;
  `;
    const config = new URL("../../deno.json", import.meta.url).pathname;
    const command = new Deno.Command(Deno.execPath(), {
      args: [
        "eval",
        "--quiet",
        "--config",
        config,
        script,
        String(ends.writer.fd),
      ],
      stdin: "null",
    });
    const child = spawnWith(command, [ends.writer]);
    assertEquals(text(await readAll(ends.reader)), "grandchild\n");
    assertEquals((await child.status).code, 0);
  },
);

test("spawnWith() tells a child the number in its environment", {
  needs: ["run", "read", "write", "env"],
}, async () => {
  using ends = pipe();
  const env = { ENDS_WRITER: String(ends.writer.fd) };
  const command = denoPeer("from_env.ts", ["ENDS_WRITER"], {
    flags: ["--allow-ffi", "--allow-env=ENDS_WRITER"],
    env,
  });
  const child = spawnWith(command, [ends.writer]);
  assertEquals(text(await readAll(ends.reader)), "from the environment");
  await child.output();
});

test("spawnWith() hands over the bytes that came after a read gave up", {
  needs: ["run"],
}, async () => {
  for (const giveUp of ["timeout", "abort"]) {
    using ends = pipe();
    const { reader, writer } = ends;
    const abort = new AbortController();
    const reading = reader.read(new Uint8Array(8), {
      signal: abort.signal,
      timeout: giveUp === "timeout" ? 5 : undefined,
    });
    reading.catch(() => {});
    await turns(2);
    if (giveUp === "abort") abort.abort();
    await reading.catch(() => {});
    writer.writeSync(bytes("for the child"));
    await turns();
    const args = [`/dev/fd/${reader.fd}`];
    const command = new Deno.Command("cat", { args, ...streams });
    const child = spawnWith(command, [reader]);
    writer.close();
    assertEquals(text((await child.output()).stdout), "for the child");
  }
});

test(
  "a child that was started before a pipe was made has nothing of it",
  inspects,
  async () => {
    const child = sleep.spawn();
    using ends = pipe();
    await turns(2);
    assertEquals(descriptorsTo(objectOf(ends.reader.fd), child.pid), []);
    child.kill("SIGKILL");
    await child.status;
    assertEquals(await output(new Deno.Command("true", streams)), "");
  },
);
