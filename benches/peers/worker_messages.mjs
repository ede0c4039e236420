/** Messages between two threads of Node by postMessage, which copies them. */

import process from "node:process";
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { cpu, MEASURE, measureRoundTrips, now, size, STOP } from "./peer.mjs";

const goesBack = process.argv.includes("way=back");
const own = Buffer.alloc(size, 1);
const span = (key, fallback) => {
  const word = process.argv.find((text) => text.startsWith(`${key}=`));
  return Number(word?.slice(key.length + 1) ?? fallback) * 1e6;
};

/** Sends, and pauses now and then, so that the memory does not grow. */
async function send(worker, phase, nanoseconds) {
  own[0] = phase;
  for (const end = now() + nanoseconds; now() < end;) {
    for (let i = 0; i < 1024; i++) worker.postMessage(own);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

if (!isMainThread) {
  let count = 0;
  let start = 0;
  let before = 0;
  parentPort.on("message", (message) => {
    if (goesBack) parentPort.postMessage(message);
    else if (message[0] === MEASURE && count++ === 0) {
      start = now();
      before = cpu();
    } else if (message[0] === STOP) {
      const seconds = (now() - start) / 1e9;
      parentPort.postMessage({
        m_per_s: count / seconds / 1e6,
        gib_per_s: count * size / seconds / 2 ** 30,
        // The processor time of the process is that of both threads.
        cpu_us: (cpu() - before) / count,
      });
    }
    if (message[0] === STOP) parentPort.close();
  });
} else {
  const worker = new Worker(new URL(import.meta.url), {
    argv: process.argv.slice(2),
  });
  if (goesBack) {
    let settle;
    worker.on("message", () => settle());
    await measureRoundTrips((phase) => {
      own[0] = phase;
      worker.postMessage(own);
      return new Promise((resolve) => settle = resolve);
    });
  } else {
    worker.on("message", (figures) => console.log(JSON.stringify(figures)));
    await send(worker, 0, span("warm_ms", 200));
    await send(worker, MEASURE, span("time_ms", 400));
    own[0] = STOP;
    worker.postMessage(own);
  }
}
