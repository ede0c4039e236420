import { assert, assertEquals } from "@std/assert";
import { Futex } from "../../libc/futex.ts";
import { test } from "../_util/test.ts";
import { sleep } from "../_util/wait.ts";
import { without } from "./_without.ts";

/** A word of its own. */
function word(): { words: Int32Array<ArrayBuffer>; futex: Futex } {
  const words = new Int32Array(8);
  return { words, futex: new Futex(words, 3) };
}

for (const way of ["futex", "naps"]) {
  test(`Futex.wait() sleeps for the time, by ${way}`, {}, (t) => {
    if (way === "naps") without(t, "futex");
    const { futex } = word();
    const start = performance.now();
    futex.wait(0, 30);
    assert(performance.now() - start >= 29.5);
  });

  test(`Futex.wait() does not sleep on another value, by ${way}`, {}, (t) => {
    if (way === "naps") without(t, "futex");
    const { words, futex } = word();
    words[3] = -5;
    futex.wait(5, 60_000);
    const start = performance.now();
    futex.wait(-5, 20);
    assert(performance.now() - start >= 19.5);
  });

  test(`Futex.waitAsync() ends when it is woken, by ${way}`, {}, async (t) => {
    if (way === "naps") without(t, "futex");
    const { words, futex } = word();
    const waits = [1, 2].map(() => futex.waitAsync(0, 60_000));
    await sleep(20);
    words[3] = 1;
    futex.wake(2);
    await Promise.all(waits);
  });

  test(`Futex.waitAsync() ends in time, by ${way}`, {}, async (t) => {
    if (way === "naps") without(t, "futex");
    const start = performance.now();
    await word().futex.waitAsync(0, 30);
    assert(performance.now() - start >= 29.5);
  });
}

test("Futex.waitAsync() naps when many threads sleep", {}, async () => {
  const { words, futex } = word();
  const waits = Array.from({ length: 40 }, () => futex.waitAsync(0, 60_000));
  // Files of Deno are read on the same threads.
  await Deno.stat("/").catch(() => {});
  words[3] = 1;
  futex.wake(0x7fff_ffff);
  await Promise.all(waits);
});

test("Futex.wake() wakes as many as it is told", {}, async () => {
  const { futex } = word();
  let woken = 0;
  const waits = [1, 2, 3].map(() =>
    futex.waitAsync(0, 1000).then(() => woken++)
  );
  await sleep(50);
  const told = [futex.wake()];
  await sleep(50);
  assertEquals(woken, 1);
  told.push(futex.wake(5));
  await Promise.all(waits);
  if (Deno.build.os === "linux") assertEquals(told, [1, 2]);
});

test("Futex does nothing when its memory is gone", {}, async () => {
  const { words, futex } = word();
  const asleep = futex.waitAsync(0, 50);
  words.buffer.transfer();
  assert(futex.isGone);
  futex.wait(0, 60_000);
  await futex.waitAsync(0, 60_000);
  futex.wake();
  await asleep;
});
