import { pipe, spawnWith } from "@ipc/pipe";
import type { Pipe } from "@ipc/pipe";
import { assert, assertEquals } from "@std/assert";
import { denoPeer } from "../_util/child.ts";
import { test } from "../_util/test.ts";
import { turn } from "../_util/wait.ts";
import { concat, fill, readFull, record, records } from "./_bytes.ts";

/** How many; each record has the number of its place, so a lost one shows. */
const RACES = 100_000;

/** Collects what was read, in any pieces. */
class Collector {
  readonly #all: Uint8Array;
  #length = 0;

  constructor(count: number) {
    this.#all = new Uint8Array(4 * count);
  }

  get length(): number {
    return this.#length;
  }

  add(bytes: Uint8Array, count: number): void {
    this.#all.set(bytes.subarray(0, count), this.#length);
    this.#length += count;
  }

  /** Nothing is missing, doubled or in another place. */
  assertComplete(): void {
    assertEquals(this.#length, this.#all.byteLength);
    assertEquals(this.#all, records(this.#length / 4));
  }
}

/** A cheap sequence of numbers below 2³², the same in each run. */
function* randomNumbers(): Generator<number, never> {
  for (let state = 1;; state = Math.imul(state, 1664525) + 1013904223 >>> 0) {
    yield state >>> 8;
  }
}

test(`read() loses nothing in ${RACES} races of an abort with an arrival`, {
  deadline: 60_000,
}, async () => {
  using ends = pipe({ wait: "block" });
  const { reader, writer } = ends;
  const random = randomNumbers();
  const collector = new Collector(RACES);
  const rest = new Uint8Array(4096);
  let aborted = 0;
  for (let i = 0; i < RACES; i++) {
    const choice = random.next().value;
    // Most reads find nothing, and have to wait.
    if (choice & 7) collector.add(rest, reader.tryRead(rest) ?? 0);
    const buffer = new Uint8Array(1 + (choice >> 3) % 13);
    const abort = new AbortController();
    const reading = reader.read(buffer, { signal: abort.signal })
      .catch((reason) => {
        assert(reason === abort.signal.reason);
        aborted++;
        return 0;
      });
    if (choice & 0x100) await null;
    // Mostly the record is there before the abort, and the event loop brings
    // it meanwhile, or is about to.
    const abortFirst = (choice & 0x600) === 0;
    if (abortFirst) abort.abort();
    writer.writeSync(record(i));
    if (choice & 0x800) await (choice & 0x1000 ? turn() : null);
    abort.abort();
    const count = await reading;
    assert(count !== null);
    collector.add(buffer, count);
  }
  writer.close();
  for (;;) {
    const count = reader.readSync(rest);
    if (count === null) break;
    collector.add(rest, count);
  }
  collector.assertComplete();
  assert(aborted > RACES / 10 && aborted < RACES * 0.9, `${aborted} aborted`);
});

test(
  "read() loses nothing in races of aborts and timeouts with another process",
  {
    needs: ["run"],
    deadline: 60_000,
  },
  async () => {
    const total = 20_000;
    using ends = pipe({ wait: "block" });
    const args = ["write", String(ends.writer.fd), String(total)];
    const peer = denoPeer("slow_writer.ts", args, { stderr: "inherit" });
    const child = spawnWith(peer, [ends.writer]);
    const collector = new Collector(total);
    const random = randomNumbers();
    const outcomes = { some: 0, aborted: 0, late: 0 };
    for (;;) {
      const choice = random.next().value;
      const buffer = new Uint8Array(1 + choice % 29);
      try {
        const count = await raced(ends, buffer, choice >> 8);
        if (count === null) break;
        collector.add(buffer, count);
        outcomes.some++;
      } catch (error) {
        if (error instanceof Deno.errors.TimedOut) outcomes.late++;
        else if (error === "enough") outcomes.aborted++;
        else throw error;
      }
    }
    collector.assertComplete();
    for (const count of Object.values(outcomes)) {
      assert(count > 0, JSON.stringify(outcomes));
    }
    await child.output();
  },
);

/** A read that gives up, in one way or another, about when bytes come. */
async function raced(
  { reader }: Pipe,
  buffer: Uint8Array,
  choice: number,
): Promise<number | null> {
  const kind = choice % 8;
  if (kind === 0) return reader.readSync(buffer, { timeout: 0.05 });
  if (kind === 1) return await reader.read(buffer, { timeout: 0 });
  if (kind === 2) return await reader.read(buffer, { timeout: 1 });
  if (kind === 3) return await reader.read(buffer);
  const abort = new AbortController();
  const reading = reader.read(buffer, { signal: abort.signal });
  // It may be settled meanwhile.
  reading.catch(() => {});
  for (let turns = choice >> 3 & 3; turns > 0; turns--) await turn();
  abort.abort("enough");
  return await reading;
}

test("write() writes all or nothing in 10000 races of an abort with room", {
  deadline: 60_000,
}, async () => {
  using ends = pipe({ wait: "block" });
  const { reader, writer } = ends;
  const filled = fill(writer);
  const random = randomNumbers();
  const read: Uint8Array[] = [];
  let aborted = 0;
  // Each record is a page of its own, so that reading a page makes room.
  for (let i = 0; i < 10_000; i++) {
    const choice = random.next().value;
    const page = new Uint8Array(4096);
    page.set(record(i));
    const abort = new AbortController();
    const writing = writer.write(page, { signal: abort.signal })
      .catch((reason) => {
        assert(reason === abort.signal.reason);
        aborted++;
        return 0;
      });
    if (choice & 1) abort.abort();
    read.push(await readFull(reader, 4096));
    for (let turns = choice >> 1 & 3; turns > 0; turns--) await turn();
    abort.abort();
    // It is full again, one way or the other.
    if (await writing === 0) assertEquals(writer.tryWrite(page), 4096);
  }
  read.push(await readFull(reader, filled));
  assertEquals(reader.tryRead(new Uint8Array(1)), undefined);
  const pages = new Uint32Array(concat(read).buffer, filled);
  const numbers = pages.filter((_, index) => index % 1024 === 0);
  assertEquals(numbers, Uint32Array.from({ length: 10_000 }, (_, i) => i));
  assert(aborted > 100 && aborted < 10_000, `${aborted} were aborted`);
});
