/** Blocks one way to a child process, by its stdin. */

import { writeSync } from "node:fs";
import process from "node:process";
import {
  cpu,
  isChild,
  MEASURE,
  measureSending,
  now,
  onMessages,
  size,
  startChild,
  STOP,
} from "./peer.mjs";

if (isChild) {
  let count = 0;
  let before = 0;
  let start = 0;
  onMessages(process.stdin, (message) => {
    if (message[0] === MEASURE && count++ === 0) {
      start = now();
      before = cpu();
    }
    if (message[0] !== STOP) return;
    const seconds = (now() - start) / 1e9;
    const figures = {
      m_per_s: count / seconds / 1e6,
      gib_per_s: count * size / seconds / 2 ** 30,
      cpu_us: (cpu() - before) / count,
    };
    writeSync(3, JSON.stringify(figures) + "\n");
  });
} else {
  const child = startChild();
  child.stdout.resume();
  await measureSending(child.stdin, Buffer.alloc(size, 1));
  child.stdin.end();
}
