/** A thread that writes at random over the words of locks, save their heads. */

/// <reference lib="deno.worker" />

import { hostileWord } from "../tests/lock/_fuzz.ts";
import { generator } from "../tests/_util/random.ts";

self.onmessage = ({ data }) => {
  const { memory, seconds } = data as {
    memory: SharedArrayBuffer;
    seconds: number;
  };
  const words = new Int32Array(memory);
  const end = performance.now() + seconds * 1000;
  const next = generator(Date.now() >>> 0);
  while (performance.now() < end) {
    const lock = next(2) === 0 ? 0 : 128;
    const word = lock + 2 + next(lock === 0 ? 2 : 16);
    // Half of the time it tidies up, so that something works, too.
    if (next(8) === 0) words.fill(0, lock + 2, lock + (lock === 0 ? 4 : 64));
    else Atomics.store(words, word, hostileWord(next));
  }
};
