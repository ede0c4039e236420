import { pipe, spawnWith } from "@ipc/pipe";
import { assert, assertEquals } from "@std/assert";
import { notLinux, test } from "../_util/test.ts";
import { text } from "./_bytes.ts";

const GiB = 2 ** 30;
const options = {
  needs: ["run"] as const,
  ignore: notLinux,
  deadline: 60_000,
};

/** Runs a shell script that inherits an end, which is as fast as can be. */
function shell(
  script: string,
  fd: number,
  end: { close(): void },
): Deno.ChildProcess {
  const command = new Deno.Command("sh", {
    args: ["-c", script],
    stdin: "null",
    stdout: "piped",
  });
  return spawnWith(command, [{ fd, close: () => end.close() }]);
}

/**
 * More than 1 GiB, of which next to nothing is in memory: the system keeps
 * one page of zeros for all pages that nobody has written to.
 */
function large(): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(GiB + 5);
  bytes.set([0x66, 0x72, 0x6f, 0x6d], 0);
  bytes.set([0x68, 0x65, 0x72, 0x65], GiB - 4);
  bytes.set([0x74, 0x6f, 0x20, 0x69, 0x74], GiB);
  return bytes;
}

/** Prints the first bytes, how many more there are to 1 GiB, and the rest. */
function tell(fd: number): string {
  return `{ head -c 4; head -c ${GiB - 8} | wc -c; cat; } </dev/fd/${fd}`;
}

test(
  "writable writes a chunk of more than 1 GiB as a whole",
  options,
  async () => {
    using ends = pipe({ capacity: 1_048_576 });
    const { reader, writer } = ends;
    const child = shell(tell(reader.fd), reader.fd, reader);
    const before = Deno.memoryUsage().rss;
    const stream = writer.writable.getWriter();
    await stream.write(large());
    await stream.close();
    const { stdout } = await child.output();
    assertEquals(text(stdout), `from${GiB - 8}\nhereto it`);
    const grown = Deno.memoryUsage().rss - before;
    assert(grown < GiB / 4, `It took ${grown} bytes of memory`);
  },
);

test(
  "writeSync() that blocks writes 1 GiB at most, and says so",
  options,
  async () => {
    using ends = pipe({ capacity: 1_048_576, wait: "block" });
    const { reader, writer } = ends;
    const child = shell(tell(reader.fd), reader.fd, reader);
    const bytes = large();
    const count = writer.writeSync(bytes);
    assertEquals(count, GiB);
    assertEquals(writer.writeSync(bytes.subarray(count)), 5);
    writer.close();
    const { stdout } = await child.output();
    assertEquals(text(stdout), `from${GiB - 8}\nhereto it`);
  },
);

test("read() and readSync() read more than 1 GiB", options, async () => {
  using ends = pipe({ capacity: 1_048_576 });
  const { reader, writer } = ends;
  const script =
    `{ head -c ${GiB} /dev/zero; printf end; } >/dev/fd/${writer.fd}`;
  const child = shell(script, writer.fd, writer);
  const buffer = new Uint8Array(1_048_576);
  let total = 0;
  let last = "";
  for (let i = 0;; i++) {
    const count = i % 2 === 0
      ? await reader.read(buffer)
      : reader.readSync(buffer);
    if (count === null) break;
    total += count;
    last = text(buffer.subarray(Math.max(0, count - 3), count));
  }
  assertEquals(total, GiB + 3);
  assertEquals(last, "end");
  await child.output();
});

test(
  "readable carries more than 1 GiB in bounded memory",
  options,
  async () => {
    using ends = pipe({ capacity: 1_048_576 });
    const { reader, writer } = ends;
    const child = shell(
      `head -c ${GiB + 1} /dev/zero >/dev/fd/${writer.fd}`,
      writer.fd,
      writer,
    );
    const before = Deno.memoryUsage().rss;
    let total = 0;
    let most = 0;
    for await (const chunk of reader.readable) {
      total += chunk.byteLength;
      most = Math.max(most, Deno.memoryUsage().rss);
    }
    assertEquals(total, GiB + 1);
    assert(most - before < GiB / 4, `It took ${most - before} bytes of memory`);
    await child.output();
  },
);
