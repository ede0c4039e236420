import { mkfifo, openFifo, openFifoSync } from "@ipc/fifo";
import type { Fifo, OpenFifoOptions } from "@ipc/fifo";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { notLinux, test } from "../_util/test.ts";
import type { TestScope } from "../_util/test.ts";
import { isPending, turns } from "../_util/wait.ts";
import { bytes, text } from "../pipe/_bytes.ts";
import { descriptorsTo, flagsOf } from "../pipe/_descriptors.ts";

const { TimedOut } = Deno.errors;
const needs = ["write"] as const;
const inspects = { needs: ["all"] as const, ignore: notLinux };
const O_CLOEXEC = 0o2000000;

/** Both sides of a FIFO, each of which waits for the other. */
const sides: [string, OpenFifoOptions, OpenFifoOptions][] = [
  ["reading", { read: true }, { write: true }],
  ["writing", { write: true }, { read: true }],
];

/** The path of a new FIFO. */
function newFifo(t: TestScope): string {
  const path = `${t.folder()}/fifo`;
  mkfifo(path);
  return path;
}

/** Writes on one side what is read on the other. */
function converse(one: Fifo, other: Fifo, word: string): void {
  const [reader, writer] = one.fds.length === 1 && canRead(one)
    ? [one, other]
    : [other, one];
  writer.writeSync(bytes(word));
  const buffer = new Uint8Array(64);
  assertEquals(text(buffer, reader.readSync(buffer, { timeout: 5000 })), word);
}

function canRead(fifo: Fifo): boolean {
  try {
    return fifo.tryRead(new Uint8Array(0)) === 0;
  } catch {
    return false;
  }
}

for (const [side, mine, others] of sides) {
  test(
    `openFifo() for ${side} waits for the other side`,
    { needs },
    async (t) => {
      const path = newFifo(t);
      const opening = openFifo(path, mine);
      assert(await isPending(opening));
      using other = await openFifo(path, { ...others, timeout: 5000 });
      using fifo = await opening;
      converse(fifo, other, "hello");
    },
  );

  test(`openFifo() for ${side} does not wait when the other side is there`, {
    needs,
  }, async (t) => {
    const path = newFifo(t);
    using both = openFifoSync(path, { read: true, write: true });
    using fifo = await openFifo(path, { ...mine, timeout: 0 });
    using again = openFifoSync(path, { ...mine, timeout: 0 });
    assert(fifo.fd !== both.fd && again.fd !== fifo.fd);
  });

  test(
    `openFifo() for ${side} throws TimedOut when nobody comes, and leaves no trace`,
    inspects,
    async (t) => {
      const path = newFifo(t);
      for (const timeout of [0, 0.5, 30]) {
        const start = performance.now();
        await assertRejects(
          () => openFifo(path, { ...mine, timeout }),
          TimedOut,
          path,
        );
        assert(performance.now() - start >= timeout - 1);
        const startSync = performance.now();
        assertThrows(
          () => openFifoSync(path, { ...mine, timeout }),
          TimedOut,
          path,
        );
        assert(performance.now() - startSync >= timeout);
        assertEquals(descriptorsTo(path), []);
      }
      // Nobody is taken for there who has given up.
      await assertRejects(
        () => openFifo(path, { ...others, timeout: 0 }),
        TimedOut,
      );
    },
  );

  test(
    `openFifo() for ${side} rejects with the reason when it is aborted, and leaves no trace`,
    inspects,
    async (t) => {
      const path = newFifo(t);
      const early = AbortSignal.abort("early");
      assertEquals(
        await openFifo(path, { ...mine, signal: early }).catch((e) => e),
        "early",
      );
      for (const pauses of [0, 1, 20]) {
        const abort = new AbortController();
        const opening = openFifo(path, { ...mine, signal: abort.signal });
        const outcome = opening.catch((error) => error);
        await turns(pauses);
        abort.abort("enough");
        assertEquals(await outcome, "enough");
        assertEquals(descriptorsTo(path), []);
      }
      await assertRejects(
        () => openFifo(path, { ...others, timeout: 0 }),
        TimedOut,
      );
    },
  );

  test(
    `openFifo() for ${side} is not harmed by an abort after it`,
    { needs },
    async (t) => {
      const path = newFifo(t);
      const abort = new AbortController();
      const opening = openFifo(path, {
        ...mine,
        signal: abort.signal,
        timeout: 60_000,
      });
      await turns(3);
      using other = await openFifo(path, { ...others, timeout: 5000 });
      using fifo = await opening;
      abort.abort();
      await turns(3);
      converse(fifo, other, "hello");
    },
  );

  test(
    `openFifo() for ${side} gives up when the FIFO is replaced by something else`,
    { needs },
    async (t) => {
      const path = newFifo(t);
      const opening = openFifo(path, { ...mine, timeout: 50 });
      const outcome = opening.catch((error) => error.name);
      await turns(3);
      Deno.removeSync(path);
      Deno.writeTextFileSync(path, "");
      assert(
        ["TimedOut", "TypeError", "Error"].includes(await outcome),
        await outcome,
      );
    },
  );

  test(
    `openFifo() makes descriptors that are close-on-exec for ${side}`,
    inspects,
    async (t) => {
      const path = newFifo(t);
      using _both = openFifoSync(path, { read: true, write: true });
      for (const options of [mine, { ...mine, read: true, keepOpen: true }]) {
        const open = {
          ...options,
          write: options.keepOpen ? false : options.write ?? false,
        };
        using fifo = await openFifo(path, open);
        assert(fifo.fd !== -1);
        for (const fd of descriptorsTo(path)) {
          assertEquals(flagsOf(fd) & O_CLOEXEC, O_CLOEXEC);
        }
      }
    },
  );
}

test("openFifo() many times at once serves everybody", { needs }, async (t) => {
  const path = newFifo(t);
  const readers = Array.from(
    { length: 50 },
    () => openFifo(path, { read: true }),
  );
  const writers = Array.from(
    { length: 50 },
    () => openFifo(path, { write: true }),
  );
  const fifos = await Promise.all([...readers, ...writers]);
  for (const fifo of fifos) fifo.close();
});

test("openFifo() for reading sees a writer that came, wrote and went", {
  needs,
}, async (t) => {
  const path = newFifo(t);
  using both = openFifoSync(path, { read: true, write: true });
  both.writeSync(bytes("gone"));
  using fifo = await openFifo(path, { read: true, timeout: 0 });
  both.close();
  const buffer = new Uint8Array(8);
  assertEquals(text(buffer, await fifo.read(buffer)), "gone");
  assertEquals(await fifo.read(buffer), null);
});

test(
  "close() of a FIFO closes every descriptor, and a second one nothing",
  inspects,
  async (t) => {
    const path = newFifo(t);
    using both = openFifoSync(path, { read: true, write: true });
    using keeper = await openFifo(path, { read: true, keepOpen: true });
    using reader = await openFifo(path, { read: true });
    using writer = await openFifo(path, { write: true });
    assertEquals(descriptorsTo(path).length, 6);
    for (
      const [fifo, left] of [[both, 4], [keeper, 2], [reader, 1], [
        writer,
        0,
      ]] as const
    ) {
      fifo.close();
      assertEquals([fifo.fd, descriptorsTo(path).length], [-1, left]);
      fifo.close();
      fifo[Symbol.dispose]();
      assertEquals(descriptorsTo(path).length, left);
    }
    assert(Deno.lstatSync(path).isFifo);
  },
);
