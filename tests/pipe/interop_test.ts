import { duplexPipe, pipe, spawnWith } from "@ipc/pipe";
import type { Inheritable } from "@ipc/pipe";
import { assertEquals, assertRejects } from "@std/assert";
import {
  compileC,
  denoPeer,
  peerPath,
  withoutProgram,
} from "../_util/child.ts";
import { test } from "../_util/test.ts";
import type { TestScope } from "../_util/test.ts";
import { bytes, readAll, records, text, writeAll } from "./_bytes.ts";

const needs = ["run", "read", "write"] as const;

/** How to run the other side in one language. */
interface Language {
  readonly name: string;
  readonly ignore: string | false;
  command(t: TestScope, ...args: string[]): Promise<Deno.Command>;
}

const streams = { stdin: "null", stdout: "piped", stderr: "inherit" } as const;

const languages: Language[] = [
  {
    name: "a C program",
    ignore: withoutProgram("cc"),
    async command(t, ...args) {
      const program = await compileC("stream_peer.c", t.folder());
      return new Deno.Command(program, { args, ...streams });
    },
  },
  {
    name: "Python",
    ignore: withoutProgram("python3"),
    command: (_, ...args) =>
      Promise.resolve(
        new Deno.Command("python3", {
          args: [peerPath("stream_peer.py"), ...args],
          ...streams,
        }),
      ),
  },
  {
    name: "Deno",
    ignore: false,
    command: (_, ...args) =>
      Promise.resolve(denoPeer("stream_peer.ts", args, { stderr: "inherit" })),
  },
];

/** Runs a shell script that inherits an end. */
function shell(script: string, ...ends: Inheritable[]): Deno.ChildProcess {
  const command = new Deno.Command("sh", { args: ["-c", script], ...streams });
  return spawnWith(command, ends);
}

/** What a child prints, once it has ended well. */
async function printed(child: Deno.ChildProcess): Promise<string> {
  const { code, stdout } = await child.output();
  assertEquals(code, 0);
  return text(stdout).trim();
}

for (const { name, ignore, command } of languages) {
  const options = { needs, ignore, deadline: 20_000 };

  test(
    `write() and writeSync() are understood by ${name}`,
    options,
    async (t) => {
      using ends = pipe();
      const { reader, writer } = ends;
      const peer = await command(t, "read", String(reader.fd));
      const child = spawnWith(peer, [reader]);
      const all = records(100_000);
      for (let at = 0, i = 0; at < all.byteLength; i++) {
        const rest = all.subarray(at, at + 30_001);
        at += i % 2 === 0
          ? await writer.write(rest)
          : writer.writeSync(rest, { timeout: 10_000 });
      }
      writer.close();
      assertEquals(await printed(child), "read 100000");
    },
  );

  test(`read() and readSync() understand ${name}`, options, async (t) => {
    using ends = pipe();
    const { reader, writer } = ends;
    const peer = await command(t, "write", String(writer.fd), "100000");
    const child = spawnWith(peer, [writer]);
    const all = new Uint8Array(400_001);
    let at = 0;
    for (let i = 0;; i++) {
      const rest = all.subarray(at, at + 10_001);
      const count = i % 2 === 0
        ? await reader.read(rest)
        : reader.readSync(rest, { timeout: 10_000 });
      if (count === null) break;
      at += count;
    }
    assertEquals(all.subarray(0, at), records(100_000));
    await printed(child);
  });

  test(`duplexPipe() is a conversation with ${name}`, options, async (t) => {
    const [ours, theirs] = duplexPipe();
    const peer = await command(t, "echo", ...theirs.fds.map(String));
    const child = spawnWith(peer, [theirs]);
    const buffer = new Uint8Array(64);
    for (const word of ["one", "two", "three"]) {
      await ours.write(bytes(word));
      assertEquals(text(buffer, await ours.read(buffer)), word);
    }
    ours.writer.close();
    assertEquals(await ours.read(buffer), null);
    ours.close();
    await printed(child);
  });
}

test("read() reads what sh and cat write", { needs }, async () => {
  using ends = pipe();
  const child = shell(
    `{ echo one; printf 'two\\n' | cat; } >/dev/fd/${ends.writer.fd}`,
    ends.writer,
  );
  assertEquals(text(await readAll(ends.reader)), "one\ntwo\n");
  await printed(child);
});

test("write() is read by a shell, line by line", { needs }, async () => {
  using ends = pipe();
  const child = shell(
    `while read line; do echo "<$line>"; done </dev/fd/${ends.reader.fd}`,
    ends.reader,
  );
  await writeAll(ends.writer, bytes("one\ntwo\n"));
  ends.writer.close();
  assertEquals(await printed(child), "<one>\n<two>");
});

test("read() reads blocks of any size that dd writes", { needs }, async () => {
  using ends = pipe();
  const to = `of=/dev/fd/${ends.writer.fd}`;
  const child = shell(
    `dd if=/dev/zero ${to} bs=777 count=1000 2>/dev/null`,
    ends.writer,
  );
  assertEquals((await readAll(ends.reader)).byteLength, 777_000);
  await printed(child);
});

test("write() is read by dd in blocks of its own", { needs }, async () => {
  using ends = pipe();
  const from = `if=/dev/fd/${ends.reader.fd}`;
  const child = shell(`dd ${from} bs=1000 2>/dev/null | cksum`, ends.reader);
  const all = records(30_000);
  await writeAll(ends.writer, all);
  ends.writer.close();
  const cksum = new Deno.Command("cksum", { ...streams, stdin: "piped" })
    .spawn();
  const input = cksum.stdin.getWriter();
  await input.write(all);
  await input.close();
  assertEquals(await printed(child), await printed(cksum));
});

for (const how of ["write", "writable"] as const) {
  test(
    `${how}${
      how === "write" ? "()" : ""
    } throws BrokenPipe when head has read enough`,
    { needs },
    async () => {
      using ends = pipe();
      const child = shell(`head -c 5 </dev/fd/${ends.reader.fd}`, ends.reader);
      const chunk = bytes("hello, hello ");
      const writable = how === "writable" && ends.writer.writable.getWriter();
      await assertRejects(async () => {
        for (;;) {
          await (writable ? writable.write(chunk) : ends.writer.write(chunk));
        }
      }, Deno.errors.BrokenPipe);
      assertEquals(await printed(child), "hello");
    },
  );
}

test(
  "readable closed early ends the program that writes",
  { needs },
  async () => {
    using ends = pipe();
    const child = shell(
      `yes hello >/dev/fd/${ends.writer.fd} 2>/dev/null; echo $?`,
      ends.writer,
    );
    for await (const chunk of ends.reader.readable) {
      assertEquals(text(chunk, 6), "hello\n");
      break;
    }
    // Killed by SIGPIPE, or told EPIPE where the signal is ignored.
    const code = Number(await printed(child));
    assertEquals([141, 1].includes(code), true, String(code));
  },
);

test(
  "pipe() feeds a program on /dev/fd that knows nothing of it",
  { needs },
  async () => {
    using ends = pipe();
    const command = new Deno.Command("sort", {
      args: [`/dev/fd/${ends.reader.fd}`],
      ...streams,
    });
    const child = spawnWith(command, [ends.reader]);
    ends.writer.writeSync(bytes("b\nc\na\n"));
    ends.writer.close();
    assertEquals(await printed(child), "a\nb\nc");
  },
);
