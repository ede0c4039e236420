/** Fails in another thread, and tells how often `errno` was wrong. */

/// <reference lib="deno.worker" />

import { errno } from "../../libc/library.ts";
import { circumstances, failingCalls } from "./_failing_calls.ts";

self.onmessage = ({ data }) => {
  using all = circumstances(data.present, data.absent);
  const calls = failingCalls(all).reverse();
  let wrong = 0;
  for (let i = 0; i < 20_000; i++) {
    for (const { call, errno: expected } of calls) {
      call();
      if (errno[0] !== expected) wrong++;
    }
  }
  self.postMessage(wrong);
};
