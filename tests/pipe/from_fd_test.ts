import {
  DuplexPipe,
  duplexPipe,
  pipe,
  PipeReader,
  PipeWriter,
  spawnWith,
} from "@ipc/pipe";
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { denoPeer } from "../_util/child.ts";
import { assertOsError } from "../_util/error.ts";
import { notLinux, test } from "../_util/test.ts";
import { bytes, text } from "./_bytes.ts";

const { BadResource } = Deno.errors;

/** Hands a descriptor on, to whoever takes it over. */
function release(end: { fd: number }): number {
  // Nobody closes it but its new owner: the old one is never used again.
  return end.fd;
}

test("fromFd() takes the ends of a pipe over", {}, async () => {
  const ends = pipe();
  using reader = PipeReader.fromFd(release(ends.reader), { wait: "block" });
  using writer = PipeWriter.fromFd(release(ends.writer));
  await writer.write(bytes("hello"));
  const buffer = new Uint8Array(8);
  assertEquals(text(buffer, await reader.read(buffer)), "hello");
  writer.close();
  assertEquals(reader.readSync(buffer), null);
});

test(
  "fromFd() throws TypeError for the other end, and leaves it open",
  {},
  () => {
    using ends = pipe();
    const { reader, writer } = ends;
    for (
      const run of [
        () => PipeReader.fromFd(writer.fd),
        () => PipeWriter.fromFd(reader.fd),
        () => DuplexPipe.fromFds(writer.fd, reader.fd),
        () => DuplexPipe.fromFds(reader.fd, reader.fd),
        () => DuplexPipe.fromFds(writer.fd, writer.fd),
      ]
    ) {
      const error = assertThrows(run, TypeError) as Error;
      assertMatch(
        error.message,
        /^Cannot (read from|write to) descriptor \d+: .* other end/,
      );
    }
    writer.writeSync(bytes("open"));
    assertEquals(reader.tryRead(new Uint8Array(8)), 4);
  },
);

test("fromFd() throws BadResource for a number that is nobody's", {}, () => {
  for (const number of [1_000_000, 0x7fff_ffff]) {
    for (const end of [PipeReader, PipeWriter]) {
      assertOsError(() => end.fromFd(number), BadResource, "EBADF");
    }
  }
});

for (
  const [fd, Class] of [
    [-1, RangeError],
    [1.5, RangeError],
    [NaN, RangeError],
    [2 ** 31, RangeError],
    ["3", TypeError],
    [undefined, TypeError],
  ] as [number, typeof RangeError][]
) {
  test(
    `fromFd() throws ${Class.name} for ${JSON.stringify(fd) ?? fd}`,
    {},
    () => {
      assertThrows(() => PipeReader.fromFd(fd), Class);
      assertThrows(() => PipeWriter.fromFd(fd), Class);
    },
  );
}

test(
  "fromFd() throws TypeError for a wait that it does not know, and leaves the end open",
  {},
  () => {
    using ends = pipe();
    const wait = "busy" as "block";
    assertThrows(() => PipeReader.fromFd(ends.reader.fd, { wait }), TypeError);
    assertThrows(() => PipeWriter.fromFd(ends.writer.fd, { wait }), TypeError);
    ends.writer.writeSync(bytes("open"));
    assertEquals(ends.reader.tryRead(new Uint8Array(8)), 4);
  },
);

test("fromFd() throws TypeError for what is no pipe, and leaves it open", {
  needs: ["all"],
  ignore: notLinux,
}, async (t) => {
  const file = `${t.folder()}/file`;
  Deno.writeTextFileSync(file, "");
  // A shell opens them under numbers of its choice.
  const peer = denoPeer("not_a_pipe.ts", ["7", "8", "9"], {
    through: [
      "sh",
      "-c",
      `exec 7<>${file} 8<${t.folder()} 9</dev/null; exec "$0" "$@"`,
    ],
    flags: ["-A"],
    stderr: "inherit",
  });
  const { code, stdout } = await peer.output();
  assertEquals(code, 0);
  const still = "TypeError TypeError open";
  assertEquals(text(stdout), `7 ${still}\n8 ${still}\n9 ${still}\n`);
});

test("fromFds() leaves the first end open when the second is none", {}, () => {
  using ends = pipe();
  const nobodys = 1_000_000;
  assertThrows(() => DuplexPipe.fromFds(ends.reader.fd, nobodys), BadResource);
  ends.writer.writeSync(bytes("open"));
  assertEquals(ends.reader.tryRead(new Uint8Array(8)), 4);
});

test("fromEnv() throws TypeError when the variable is missing or no number", {
  needs: ["env"],
}, () => {
  const variable = `IPC_TEST_${crypto.randomUUID().slice(0, 8)}`;
  try {
    for (const value of [undefined, "", "x", "-1", "1.5", " 3", "3 ", "0x3"]) {
      if (value !== undefined) Deno.env.set(variable, value);
      for (const end of [PipeReader, PipeWriter]) {
        const error = assertThrows(() => end.fromEnv(variable), TypeError);
        assert((error as Error).message.includes(variable));
      }
    }
  } finally {
    Deno.env.delete(variable);
  }
});

test("fromEnv() takes over the end whose number the variable has", {
  needs: ["env"],
}, () => {
  const names = ["IPC_TEST_READER", "IPC_TEST_WRITER"] as const;
  const ends = pipe();
  Deno.env.set(names[0], String(release(ends.reader)));
  Deno.env.set(names[1], String(release(ends.writer)));
  using reader = PipeReader.fromEnv(names[0], { wait: "block" });
  using writer = PipeWriter.fromEnv(names[1]);
  for (const name of names) Deno.env.delete(name);
  writer.writeSync(bytes("hello"));
  assertEquals(reader.readSync(new Uint8Array(8)), 5);
});

test(
  "fromFd() serves in another thread of the process",
  { needs: ["read"] },
  async () => {
    const [ours, theirs] = duplexPipe();
    const url = new URL("../_peers/echo_worker.ts", import.meta.url);
    const worker = new Worker(url, { type: "module" });
    worker.postMessage(theirs.fds);
    const buffer = new Uint8Array(8);
    for (const word of ["one", "two"]) {
      await ours.write(bytes(word));
      assertEquals(text(buffer, await ours.read(buffer)), word);
    }
    ours.writer.close();
    // The worker has closed its own.
    assertEquals(await ours.read(buffer), null);
    ours.close();
    worker.terminate();
  },
);

test("duplexPipe() closes both directions, and one when asked", {
  needs: ["run"],
}, async () => {
  const [ours, theirs] = duplexPipe();
  const buffer = new Uint8Array(8);
  theirs.writer.close();
  assertEquals(ours.readSync(buffer), null);
  ours.writeSync(bytes("still"));
  assertEquals(theirs.readSync(buffer), 5);
  {
    using _both = ours;
  }
  assertEquals(ours.fds, [-1, -1]);
  assertEquals(await theirs.read(buffer), null);
  theirs.close();
  theirs.close();
  const sleep = new Deno.Command("true", { stdin: "null" });
  assertThrows(() => spawnWith(sleep, [theirs]), BadResource);
});
