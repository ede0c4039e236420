/** Messages one way through a System V queue, with svmq. */

import { cpu, MEASURE, now, STOP, stretches } from "./peer.mjs";
import { isFirst, own, pop, push, queueOf } from "./sysv_mqueues.mjs";

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

async function sendFor({ phase, span }) {
  own[0] = phase;
  let count = 0;
  for (const start = now(); now() - start < span; count++) {
    await push(queue, own);
  }
  return count;
}

async function send() {
  let count;
  let before;
  for (const stretch of stretches) {
    before = cpu();
    count = await sendFor(stretch);
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
