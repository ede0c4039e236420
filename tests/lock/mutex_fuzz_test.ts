/** A peer that writes over a mutex. */

import { Mutex } from "@ipc/lock";
import type { MutexLock } from "@ipc/lock";
import { assert, assertEquals } from "@std/assert";
import { generator } from "../_util/random.ts";
import { test } from "../_util/test.ts";
import { hostileWord, isDefined } from "./_fuzz.ts";
import { memory } from "./_memory.ts";

const MUTATIONS = 120_000;

test("Mutex does what is defined, whatever is in its words", {
  deadline: 60_000,
}, (t) => {
  const { buffer } = memory(t);
  const words = new Int32Array(buffer);
  const next = generator(1);
  let mutex = new Mutex(buffer, 8);
  let lock: MutexLock | undefined;
  const seen: Record<string, number> = {};
  const actions: (() => unknown)[] = [
    () => lock = mutex.tryAcquire(),
    () => lock = mutex.acquireSync({ timeout: 0 }),
    () => mutex.release(),
    () => lock?.release(),
    () => lock?.markConsistent(),
    () => (mutex.close(), lock = undefined, mutex = new Mutex(buffer, 8)),
  ];
  for (let i = 0; i < MUTATIONS; i++) {
    words[4 + next(2)] = hostileWord(next);
    try {
      actions[next(actions.length)]!();
      seen.fine = (seen.fine ?? 0) + 1;
    } catch (error) {
      assert(isDefined(error), `${error}`);
      const { name, code } = error as Error & { code?: string };
      seen[code ?? name] = (seen[code ?? name] ?? 0) + 1;
    }
  }
  assertEquals(Object.keys(seen).sort(), ["EPERM", "TimedOut", "fine"]);
  // Zero is a mutex that nobody holds, whatever was there before.
  words.fill(0, 2, 6);
  mutex.close();
  using after = new Mutex(buffer, 8);
  after.acquireSync().release();
});

test("Mutex is refused or works, whatever it begins with", {}, (t) => {
  const { buffer } = memory(t);
  const words = new Int32Array(buffer);
  const bytes = new Uint8Array(buffer);
  const next = generator(2);
  let refused = 0;
  for (let i = 0; i < 20_000; i++) {
    words.fill(0, 0, 4);
    if (next(2)) new Mutex(buffer).close();
    bytes[next(16)] = next(256);
    try {
      using mutex = new Mutex(buffer);
      mutex.tryAcquire()?.release();
    } catch (error) {
      const { NotSupported } = Deno.errors;
      assert(
        error instanceof TypeError || error instanceof NotSupported,
        `${error}`,
      );
      refused++;
    }
  }
  assert(refused > 5_000);
});

test("Mutex.acquire() ends in time, whatever is written meanwhile", {
  deadline: 20_000,
}, async (t) => {
  const { buffer } = memory(t);
  const words = new Int32Array(buffer);
  using mutex = new Mutex(buffer);
  const next = generator(3);
  const timer = setInterval(() => words[2] = hostileWord(next), 1);
  for (let i = 0; i < 60; i++) {
    words[2] = 1; // The first process, which lives.
    try {
      const lock = await mutex.acquire({ timeout: next(20) });
      lock.release();
    } catch (error) {
      assert(isDefined(error), `${error}`);
    }
  }
  clearInterval(timer);
});
