import { mkfifo, openFifo, openFifoSync } from "@ipc/fifo";
import type { Fifo } from "@ipc/fifo";
import { assert, assertEquals } from "@std/assert";
import { denoPeer, output } from "../_util/child.ts";
import { notLinux, test } from "../_util/test.ts";
import { turn, turns } from "../_util/wait.ts";
import { bytes, text } from "../pipe/_bytes.ts";
import { descriptorsTo } from "../pipe/_descriptors.ts";

const inspects = { needs: ["all"] as const, ignore: notLinux };
const needs = ["write"] as const;

test(
  "openFifo() leaves no trace and loses no byte in 400 races of an abort with the other side",
  {
    ...inspects,
    deadline: 60_000,
  },
  async (t) => {
    const path = `${t.folder()}/fifo`;
    mkfifo(path);
    let met = 0;
    for (let i = 0; i < 400; i++) {
      const [mine, others] = i % 2 === 0
        ? [{ read: true }, { write: true }]
        : [{ write: true }, { read: true }];
      const abort = new AbortController();
      const opening = openFifo(path, { ...mine, signal: abort.signal })
        .catch((reason) => assert(reason === abort.signal.reason));
      const other = openFifo(path, { ...others, timeout: 1 + i % 3 })
        .catch((error) => assert(error instanceof Deno.errors.TimedOut));
      await turns(i % 4);
      for (let more = i % 5; more > 0; more--) await turn();
      abort.abort();
      const [one, two] = await Promise.all([opening, other]) as (Fifo | void)[];
      if (one && two) {
        met++;
        const [reader, writer] = i % 2 === 0 ? [one, two] : [two, one];
        writer.writeSync(bytes("met"));
        const buffer = new Uint8Array(8);
        assertEquals(text(buffer, reader.readSync(buffer)), "met");
      }
      one?.close();
      two?.close();
      assertEquals(descriptorsTo(path), []);
    }
    assert(met > 10 && met < 390, `${met} of 400 met`);
  },
);

test("openFifo() for reading keeps what a writer wrote that was quick", {
  needs,
}, async (t) => {
  const path = `${t.folder()}/fifo`;
  mkfifo(path);
  // The writer comes, writes and goes between two looks.
  for (let i = 0; i < 20; i++) {
    const opening = openFifo(path, { read: true });
    await turn();
    const writer = openFifoSync(path, { write: true, timeout: 0 });
    writer.writeSync(bytes(`quick ${i}`));
    writer.close();
    using reader = await opening;
    assertEquals(await new Response(reader.readable).text(), `quick ${i}`);
  }
});

test("openFifo() for reading sees the end of a writer that wrote nothing", {
  needs,
}, async (t) => {
  const path = `${t.folder()}/fifo`;
  mkfifo(path);
  for (let i = 0; i < 20; i++) {
    const opening = openFifo(path, { read: true });
    await turn();
    openFifoSync(path, { write: true, timeout: 0 }).close();
    using reader = await opening;
    assertEquals(reader.readSync(new Uint8Array(1), { timeout: 0 }), null);
  }
});

for (
  const way of [
    "open for reading is aborted",
    "open for reading is late",
    "open for writing is aborted",
    "open for writing is late",
  ]
) {
  test(`a process ends by itself after its only wait: a FIFO whose ${way}`, {
    needs: ["run", "write"],
  }, async (t) => {
    const path = `${t.folder()}/fifo`;
    mkfifo(path);
    const said = await output(denoPeer("wait_and_exit.ts", [way, path]));
    assertEquals(said, "nothing is left");
  });
}
