/** A peer that writes over a reader-writer lock, or a condition. */

import { Condition, Mutex, RW_LOCK_SIZE, RwLock } from "@ipc/lock";
import { assert } from "@std/assert";
import { generator } from "../_util/random.ts";
import { test } from "../_util/test.ts";
import { hostileWord, isDefined } from "./_fuzz.ts";
import { memory } from "./_memory.ts";

const MUTATIONS = 100_000;
const WORDS = RW_LOCK_SIZE / 4;

test("RwLock does what is defined, whatever is in its words", {
  deadline: 60_000,
}, (t) => {
  const { buffer } = memory(t);
  const words = new Int32Array(buffer, 0, WORDS);
  const next = generator(4);
  const make = () => new RwLock(buffer);
  let [one, two] = [make(), make()];
  let held: { release(): void; markConsistent?(): void }[] = [];
  const keep = (lock?: typeof held[0]) => lock && held.push(lock);
  const timeout = 0;
  const actions: ((lock: RwLock) => unknown)[] = [
    (lock) => keep(lock.tryAcquireRead()),
    (lock) => keep(lock.tryAcquireWrite()),
    (lock) => keep(lock.acquireReadSync({ timeout })),
    (lock) => keep(lock.acquireWriteSync({ timeout })),
    () => held.pop()?.release(),
    () => held.shift()?.release(),
    () => held.at(-1)?.markConsistent?.(),
  ];
  let mutations = 0;
  while (mutations < MUTATIONS) {
    // Some words at a time: those before the slots most often.
    for (let i = next(4); i >= 0; i--, mutations++) {
      words[2 + (next(2) ? next(4) : next(WORDS - 2))] = hostileWord(next);
    }
    if (next(8) === 0) words.fill(0, 2);
    try {
      actions[next(actions.length)]!(next(2) ? one : two);
    } catch (error) {
      assert(isDefined(error), `${error}`);
    }
    if (next(64) === 0) {
      one.close();
      held = [];
      two.close();
      [one, two] = [make(), make()];
    }
  }
  one.close();
  two.close();
  words.fill(0, 2);
  using after = make();
  after.acquireReadSync().release();
  after.acquireWriteSync().release();
});

test("RwLock's waits end in time, whatever is written meanwhile", {
  deadline: 20_000,
}, async (t) => {
  const { buffer } = memory(t);
  const words = new Int32Array(buffer, 0, WORDS);
  using lock = new RwLock(buffer);
  const next = generator(5);
  const timer = setInterval(() => {
    words[2 + next(8)] = hostileWord(next);
  }, 1);
  for (let i = 0; i < 40; i++) {
    words[2] = 1; // The first process, which lives.
    const timeout = next(20);
    try {
      const held = next(2)
        ? await lock.acquireRead({ timeout })
        : await lock.acquireWrite({ timeout });
      held.release();
    } catch (error) {
      assert(isDefined(error), `${error}`);
    }
  }
  clearInterval(timer);
});

test("Condition does what is defined, whatever is in its words", {
  deadline: 60_000,
}, async (t) => {
  const { buffer } = memory(t);
  const words = new Int32Array(buffer, 0, 8);
  const next = generator(6);
  using mutex = new Mutex(buffer);
  using condition = new Condition(buffer, 16);
  for (let i = 0; i < MUTATIONS; i++) {
    words[6 + next(2)] = hostileWord(next);
    if (next(2)) condition.notifyOne();
    else condition.notifyAll();
  }
  const timer = setInterval(() => words[6] = hostileWord(next), 1);
  for (let i = 0; i < 30; i++) {
    using lock = mutex.acquireSync();
    const timeout = next(10);
    try {
      if (next(2)) await condition.wait(lock, { timeout });
      else condition.waitSync(lock, { timeout });
    } catch (error) {
      assert(isDefined(error), `${error}`);
    }
    assert(mutex.held);
  }
  clearInterval(timer);
});
