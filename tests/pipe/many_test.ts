import { pipe, PIPE_BUF, spawnWith } from "@ipc/pipe";
import { assert, assertEquals } from "@std/assert";
import { denoPeer, output } from "../_util/child.ts";
import { notLinux, test } from "../_util/test.ts";
import { fill, readAll, readFull } from "./_bytes.ts";

test(
  "read() of a thousand idle pipes waits without a thread for each, and all are served",
  {
    needs: ["run"],
    ignore: notLinux,
  },
  async () => {
    const said = await output(
      denoPeer("idle_readers.ts", ["1000"], { flags: ["-A"] }),
    );
    const { more, served } = JSON.parse(said);
    assert(more <= 2, `${more} more threads`);
    assertEquals(served, 1000);
  },
);

test("write() to a thousand full pipes waits for each, and all are served", {
  deadline: 20_000,
}, async (t) => {
  const pipes = Array.from({ length: 1000 }, () => pipe());
  t.defer(() => pipes.forEach((ends) => ends.close()));
  const filled = pipes.map(({ writer }) => fill(writer));
  const writes = pipes.map(({ writer }, i) =>
    writer.write(new Uint8Array(1 + i % 7))
  );
  for (const [i, { reader }] of pipes.entries()) {
    await readFull(reader, filled[i]!);
  }
  const counts = await Promise.all(writes);
  assertEquals(counts, pipes.map((_, i) => 1 + i % 7));
});

test("write() of PIPE_BUF bytes is never mixed with those of other processes", {
  needs: ["run"],
  deadline: 30_000,
}, async () => {
  using ends = pipe();
  const { reader, writer } = ends;
  const letters = ["a", "b", "c", "d"];
  const children = letters.map((letter) => {
    const args = ["blocks", writer.fd, 300, PIPE_BUF, letter].map(String);
    const command = denoPeer("stream_peer.ts", args, { stderr: "inherit" });
    return spawnWith(command, [writer], { keep: true });
  });
  // This process writes as well, without waiting for the others.
  const own = new Uint8Array(PIPE_BUF).fill(0x65);
  const writing = (async () => {
    for (let i = 0; i < 300; i++) {
      assertEquals(await writer.write(own), PIPE_BUF);
    }
    writer.close();
  })();
  const all = await readAll(reader);
  await writing;
  const seen = new Map<number, number>();
  for (let at = 0; at < all.byteLength; at += PIPE_BUF) {
    const block = all.subarray(at, at + PIPE_BUF);
    assert(block.every((byte) => byte === block[0]), "A block is mixed");
    seen.set(block[0]!, (seen.get(block[0]!) ?? 0) + 1);
  }
  const codes = [...letters, "e"].map((letter) => letter.charCodeAt(0));
  assertEquals(seen, new Map(codes.map((code) => [code, 300])));
  for (const child of children) assertEquals((await child.output()).code, 0);
});
