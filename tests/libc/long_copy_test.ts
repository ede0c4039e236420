/** Copying long messages: whole or in pieces, whichever is faster. */

import { assert, assertEquals } from "@std/assert";
import { LongCopy } from "../../libc/long_copy.ts";
import { test } from "../_util/test.ts";

const LENGTH = 16_384;
const ROOM = 65_536;

/** Counts how often something is copied to it, and knows the longest. */
class Target extends Uint8Array<ArrayBuffer> {
  sets = 0;
  longest = 0;

  constructor(length: number) {
    super(new ArrayBuffer(length));
  }

  override set(source: ArrayLike<number>, offset?: number): void {
    this.sets++;
    this.longest = Math.max(this.longest, source.length);
    super.set(source, offset);
  }
}

/** What a copy takes on some machine, in milliseconds. */
interface Machine {
  whole: number;
  pieces: number;
}

/** A machine that copies on a clock of its own. */
class Run {
  /** How often it asked for the time. */
  asked = 0;
  time = 1000;
  readonly #target: Target;
  readonly #copy: LongCopy;

  constructor(room = ROOM, longest = LENGTH) {
    this.#target = new Target(longest);
    this.#copy = new LongCopy(new Uint8Array(room), () => {
      this.asked++;
      return this.time;
    });
  }

  /** Copies, and returns how many of the copies were in pieces. */
  copy(count: number, machine: Machine, length = LENGTH): number {
    let inPieces = 0;
    for (let i = 0; i < count; i++) {
      this.#target.sets = 0;
      this.#copy.copy(this.#target, 8, length);
      const isWhole = this.#target.sets === 1;
      this.time += isWhole ? machine.whole : machine.pieces;
      if (!isWhole) inPieces++;
    }
    return inPieces;
  }
}

const wholeIsFaster: Machine = { whole: 1, pieces: 1.2 };
const piecesAreFaster: Machine = { whole: 2.4, pieces: 1 };

test("LongCopy takes the faster way nearly always", {}, () => {
  assert(new Run().copy(4000, wholeIsFaster) < 400);
  const inPieces = new Run().copy(4000, piecesAreFaster);
  assert(inPieces > 3800, `${inPieces}`);
});

test("LongCopy tries the other way now and then", {}, () => {
  const run = new Run();
  run.copy(100, wholeIsFaster);
  const inPieces = run.copy(4000, wholeIsFaster);
  assert(inPieces > 0 && inPieces < 400, `${inPieces}`);
  // It judges when four times as much as there is room was copied.
  assert(run.asked <= 1 + 4100 / 16, `${run.asked}`);
});

test("LongCopy notices that the other way has become faster", {}, () => {
  const run = new Run();
  run.copy(4000, wholeIsFaster);
  run.copy(50, piecesAreFaster);
  assert(run.copy(1000, piecesAreFaster) > 950);
  run.copy(4000, wholeIsFaster);
  assert(run.copy(1000, wholeIsFaster) < 100);
});

test("LongCopy soon forgets a time in which it did not run", {}, () => {
  for (const machine of [wholeIsFaster, piecesAreFaster]) {
    const run = new Run();
    const before = run.copy(4000, machine);
    run.time += 1e6;
    const after = run.copy(4000, machine);
    assert(Math.abs(after - before) < 400, `${before} ${after}`);
  }
});

test(
  "LongCopy tries again what did not run when it was tried first",
  {},
  () => {
    const run = new Run();
    while (run.copy(1, piecesAreFaster) === 0);
    run.time += 1e6;
    assert(run.copy(4000, piecesAreFaster) > 2000);
  },
);

test(
  "LongCopy cuts nothing short or longer, and nothing out of large memory",
  {},
  () => {
    const short = new Run();
    assertEquals(short.copy(1000, piecesAreFaster, LENGTH - 1), 0);
    assertEquals(short.asked, 0);
    const longer = new Run(2 ** 21, 2 ** 20);
    assertEquals(longer.copy(50, piecesAreFaster, 2 ** 20), 0);
    assertEquals(longer.asked, 0);
    assert(longer.copy(500, piecesAreFaster, 2 ** 20 - 1) > 400);
    const large = new Run(2 ** 24 + 8);
    assertEquals(large.copy(10_000, piecesAreFaster), 0);
    assertEquals(large.asked, 0);
  },
);

test("LongCopy copies every byte, and no other, both ways", {}, () => {
  const memory = crypto.getRandomValues(new Uint8Array(ROOM));
  let cuts = 0;
  memory.subarray = (start, end) => {
    cuts++;
    return Uint8Array.prototype.subarray.call(
      memory,
      start,
      end,
    ) as typeof memory;
  };
  let time = 0;
  const copy = new LongCopy(memory, () => time += 1);
  const ways = new Set<boolean>();
  for (let i = 0; i < 300; i++) {
    const length = LENGTH + 1021 * (i % 17);
    const start = i % 3 === 0 ? ROOM - length : 1032 * (i % 29);
    const target = new Target(length + 2 * (i % 2));
    target.fill(7);
    copy.copy(target, start, length);
    ways.add(target.sets === 1);
    assert(target.sets === 1 || target.longest <= 2048);
    const expected = new Uint8Array(target.length).fill(7);
    expected.set(new Uint8Array(memory.buffer, start, length));
    assertEquals(new Uint8Array(target.buffer), expected);
  }
  assertEquals(ways.size, 2);
  assert(cuts <= 2 * 300 + ROOM / 2048, `${cuts}`);
});
