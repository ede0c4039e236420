import { mkfifo, openFifo, openFifoSync, PIPE_BUF } from "@ipc/fifo";
import { spawnWith } from "@ipc/pipe";
import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  compileC,
  Conversation,
  denoPeer,
  output,
  peerPath,
  withoutProgram,
} from "../_util/child.ts";
import { test } from "../_util/test.ts";
import type { TestScope } from "../_util/test.ts";
import { bytes, readAll, records, text, writeAll } from "../pipe/_bytes.ts";
import { sleep } from "../_util/wait.ts";

const needs = ["run", "read", "write"] as const;
const streams = { stdin: "null", stdout: "piped", stderr: "piped" } as const;

/** The path of a new FIFO. */
function newFifo(t: TestScope): string {
  const path = `${t.folder()}/fifo`;
  mkfifo(path);
  return path;
}

/** A program that waits in open(2), in one language. */
interface Language {
  readonly name: string;
  readonly ignore: string | false;
  command(t: TestScope): Promise<[program: string, ...args: string[]]>;
}

const languages: Language[] = [
  {
    name: "a C program",
    ignore: withoutProgram("cc"),
    command: async (t) => [await compileC("stream_peer.c", t.folder())],
  },
  {
    name: "Python",
    ignore: withoutProgram("python3"),
    command: () => Promise.resolve(["python3", peerPath("stream_peer.py")]),
  },
];

for (const { name, ignore, command } of languages) {
  for (const comesFirst of ["openFifo()", "the program"] as const) {
    const first = `when ${comesFirst} comes first`;
    const options = { needs, ignore, deadline: 20_000 };

    test(
      `openFifo() for reading meets ${name} that opens for writing, ${first}`,
      options,
      async (t) => {
        const path = newFifo(t);
        const [program, ...args] = await command(t);
        const start = () =>
          new Conversation(program, [...args, "write", path, "50000"]);
        const early = comesFirst === "the program" ? start() : undefined;
        if (early) await blocked(early);
        const opening = openFifo(path, { read: true });
        if (!early) await sleep(20);
        const peer = early ?? start();
        using fifo = await opening;
        assertEquals(await peer.hear(), "open");
        assertEquals(await readAll(fifo), records(50_000));
        assertEquals((await peer.end()).code, 0);
      },
    );

    test(
      `openFifo() for writing meets ${name} that opens for reading, ${first}`,
      options,
      async (t) => {
        const path = newFifo(t);
        const [program, ...args] = await command(t);
        const start = () => new Conversation(program, [...args, "read", path]);
        const early = comesFirst === "the program" ? start() : undefined;
        if (early) await blocked(early);
        const opening = openFifo(path, { write: true });
        if (!early) await sleep(20);
        const peer = early ?? start();
        using fifo = await opening;
        assertEquals(await peer.hear(), "open");
        await writeAll(fifo, records(50_000));
        fifo.close();
        assertEquals(await peer.hear(), "read 50000");
        assertEquals((await peer.end()).code, 0);
      },
    );
  }
}

/** Waits until a program has had time to get into open(2), and is there. */
async function blocked(peer: Conversation): Promise<void> {
  const said = peer.hear();
  const first = await Promise.race([said, sleep(150).then(() => "nothing")]);
  assertEquals(first, "nothing");
  // What it says next is heard by this one.
  peer.hear = () => (delete (peer as { hear?: unknown }).hear, said);
}

/** Runs a shell script that finds a FIFO in `$1`. */
function shell(script: string, path: string): Promise<string> {
  const args = ["-c", script, "sh", path];
  return output(new Deno.Command("sh", { args, ...streams }));
}

test(
  "openFifoSync() meets a shell that waits in its redirection",
  { needs },
  async (t) => {
    const path = newFifo(t);
    const writing = shell('echo hello > "$1"', path);
    using reader = openFifoSync(path, { read: true, timeout: 5000 });
    const buffer = new Uint8Array(8);
    assertEquals(
      text(buffer, reader.readSync(buffer, { timeout: 5000 })),
      "hello\n",
    );
    assertEquals(reader.readSync(buffer, { timeout: 5000 }), null);
    await writing;
    reader.close();
    const reading = shell('read line < "$1"; echo "<$line>"', path);
    using writer = openFifoSync(path, { write: true, timeout: 5000 });
    writer.writeSync(bytes("back\n"));
    writer.close();
    assertEquals(await reading, "<back>");
  },
);

test("readable of a FIFO reads what cat and dd write", { needs }, async (t) => {
  const path = newFifo(t);
  const writing = shell(
    '{ echo one | cat; echo two | dd bs=2 2>/dev/null; } > "$1"',
    path,
  );
  const fifo = await openFifo(path, { read: true });
  assertEquals(await new Response(fifo.readable).text(), "one\ntwo\n");
  await writing;
});

test(
  "write() to a FIFO throws BrokenPipe when head has read enough",
  { needs },
  async (t) => {
    const path = newFifo(t);
    const reading = shell('head -c 5 "$1"', path);
    using fifo = await openFifo(path, { write: true });
    await assertRejects(async () => {
      for (;;) await fifo.write(bytes("hello, hello "));
    }, Deno.errors.BrokenPipe);
    assertEquals(await reading, "hello");
  },
);

test(
  "a shell keeps a conversation going over two FIFOs",
  { needs },
  async (t) => {
    const [there, back] = [newFifo(t), newFifo(t)];
    const script =
      `while read line; do echo "$line!"; done < "${there}" > "$1"`;
    const answering = shell(script, back);
    using writer = await openFifo(there, { write: true });
    using reader = await openFifo(back, { read: true });
    const buffer = new Uint8Array(16);
    for (const word of ["one", "two"]) {
      await writer.write(bytes(`${word}\n`));
      assertEquals(text(buffer, await reader.read(buffer)), `${word}!\n`);
    }
    writer.close();
    assertEquals(await reader.read(buffer), null);
    await answering;
  },
);

test("write() to a FIFO is never mixed with that of other processes", {
  needs,
  ignore: withoutProgram("cc"),
  deadline: 30_000,
}, async (t) => {
  const path = newFifo(t);
  using reader = await openFifo(path, { read: true, keepOpen: true });
  const program = await compileC("stream_peer.c", t.folder());
  const [count, size] = [200, PIPE_BUF];
  const args = (letter: string) =>
    ["blocks", path, count, size, letter].map(String);
  const letters = ["a", "b", "c", "d", "e", "f"];
  const running = letters.map((letter, index) =>
    output(
      index % 2 === 0
        ? new Deno.Command(program, { args: args(letter), ...streams })
        : denoPeer("fifo_writer.ts", args(letter)),
    )
  );
  const all = new Uint8Array(letters.length * count * size);
  for (let at = 0; at < all.byteLength;) {
    at += await reader.read(all.subarray(at)) ?? 0;
  }
  await Promise.all(running);
  assertEquals(reader.tryRead(new Uint8Array(1)), undefined);
  const seen: Record<string, number> = {};
  for (let at = 0; at < all.byteLength; at += size) {
    const block = all.subarray(at, at + size);
    assert(block.every((byte) => byte === block[0]), "A block is mixed");
    const letter = String.fromCharCode(block[0]!);
    seen[letter] = (seen[letter] ?? 0) + 1;
  }
  assertEquals(
    seen,
    Object.fromEntries(letters.map((letter) => [letter, count])),
  );
});

test("read() of a FIFO that gave up leaves the bytes to other readers", {
  needs,
}, async (t) => {
  const path = newFifo(t);
  using reader = await openFifo(path, { read: true, keepOpen: true });
  using writer = await openFifo(path, { write: true });
  await reader.read(new Uint8Array(8), { timeout: 3 }).catch(() => {});
  writer.writeSync(bytes("for somebody else"));
  await sleep(20);
  assertEquals(await shell('head -c 17 "$1"', path), "for somebody else");
});

test(
  "spawnWith() hands over both descriptors of a FIFO",
  { needs },
  async (t) => {
    const path = newFifo(t);
    const fifo = await openFifo(path, { read: true, write: true });
    fifo.writeSync(bytes("left in it\n"));
    const [from, to] = fifo.fds;
    const script = `echo more >/dev/fd/${to}; head -n 2 </dev/fd/${from}`;
    const command = new Deno.Command("sh", {
      args: ["-c", script],
      ...streams,
    });
    const child = spawnWith(command, [fifo]);
    assertEquals(fifo.fds, [-1, -1]);
    assertEquals(text((await child.output()).stdout), "left in it\nmore\n");
  },
);
