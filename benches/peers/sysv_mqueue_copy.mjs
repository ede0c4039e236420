/** Messages one way through a System V queue, with svmq. */

import process from "node:process";
import { cpu, MEASURE, now, STOP, WARM } from "./peer.mjs";
import { isFirst, own, pop, push, queueOf } from "./sysv_mqueues.mjs";

const options = Object.fromEntries(
  process.argv.slice(2).map((text) => text.split("=")),
);
const warm = Number(options.warm_ms ?? 200) * 1e6;
const span = Number(options.time_ms ?? 400) * 1e6;
const queue = queueOf("copy");

async function receive() {
  let [count, start, before] = [0, 0, 0];
  for (;;) {
    const [phase] = await pop(queue);
    if (phase === STOP) break;
    if (phase === MEASURE && count++ === 0) [start, before] = [now(), cpu()];
  }
  const seconds = (now() - start) / 1e9;
  console.log(JSON.stringify({
    m_per_s: count / seconds / 1e6,
    cpu_us: (cpu() - before) / count,
  }));
}

async function send() {
  own[0] = WARM;
  for (const start = now(); now() - start < warm;) await push(queue, own);
  own[0] = MEASURE;
  const before = cpu();
  let count = 0;
  for (const start = now(); now() - start < span; count++) {
    await push(queue, own);
  }
  console.log(JSON.stringify({ cpu_us: (cpu() - before) / count }));
  own[0] = STOP;
  await push(queue, own);
}

if (isFirst) {
  console.log("ready");
  await receive();
  queue.close();
} else {
  await send();
}
