/** Messages there and back through two System V queues, with svmq. */

import { cpu, MEASURE, measureRoundTrips, STOP } from "./peer.mjs";
import { isFirst, own, pop, push, queueOf } from "./sysv_mqueues.mjs";

const there = queueOf("there");
const back = queueOf("back");

async function answerAll() {
  let count = 0;
  let before = 0;
  for (;;) {
    const message = await pop(there);
    if (message[0] === MEASURE && count++ === 0) before = cpu();
    await push(back, message);
    if (message[0] === STOP) break;
  }
  console.log(JSON.stringify({ cpu_us: (cpu() - before) / count }));
}

if (isFirst) {
  console.log("ready");
  await answerAll();
  there.close();
} else {
  await measureRoundTrips(async (phase) => {
    own[0] = phase;
    await push(there, own);
    await pop(back);
  });
  back.close();
}
