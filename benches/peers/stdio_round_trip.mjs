/** Bytes to a child process and back, by its stdin and stdout. */

import { writeSync } from "node:fs";
import process from "node:process";
import {
  cpu,
  isChild,
  MEASURE,
  measureRoundTrips,
  onMessages,
  size,
  startChild,
  STOP,
} from "./peer.mjs";

if (isChild) {
  let count = 0;
  let before = 0;
  onMessages(process.stdin, (message) => {
    const phase = message[0];
    process.stdout.write(message);
    if (phase === MEASURE && count++ === 0) before = cpu();
    if (phase !== STOP) return;
    writeSync(3, JSON.stringify({ cpu_us: (cpu() - before) / count }) + "\n");
  });
} else {
  const child = startChild();
  const own = Buffer.alloc(size, 1);
  let answered;
  onMessages(child.stdout, () => answered());
  await measureRoundTrips((phase) => {
    own[0] = phase;
    child.stdin.write(own);
    return new Promise((resolve) => answered = resolve);
  });
  child.stdin.end();
}
