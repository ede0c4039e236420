/**
 * Sends the numbers from 0 as texts, in bursts of random length.
 *
 * Arguments: the queue, how many numbers.
 */

import { openMessageQueue } from "@ipc/mqueue";

const [name, count] = Deno.args as [string, string];
using queue = openMessageQueue(name, { read: false });
const encoder = new TextEncoder();
for (let i = 0; i < Number(count); i++) {
  queue.sendSync(encoder.encode(`${i}`));
  if (Math.random() < 0.1) {
    const end = performance.now() + Math.random();
    while (performance.now() < end);
  }
}
