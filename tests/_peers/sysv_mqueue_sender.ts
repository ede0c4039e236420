/**
 * A worker that sends to System V queues at moments of its own. The type of
 * each message is its number; every third message is empty.
 *
 * It is sent the ids of the queues once, and then, for each round, how many
 * messages each queue gets; it answers with how many it has sent in all.
 */

/// <reference lib="deno.worker" />

import { SysvMessageQueue } from "@ipc/mqueue";

let queues: SysvMessageQueue[] = [];
let sent = 0;

self.onmessage = ({ data }) => {
  if (Array.isArray(data)) {
    queues = data.map((id) => SysvMessageQueue.fromId(id, { read: false }));
    self.postMessage(sent);
  } else if (data === "close") {
    for (const queue of queues) queue.close();
    self.close();
  } else {
    for (let i = 0; i < data; i++) {
      for (const queue of queues) {
        const message = new Uint8Array(sent % 3 === 0 ? 0 : 8);
        queue.sendSync(message, { type: ++sent });
        for (let spin = Math.random() * 800; spin > 0; spin--) Atomics.pause();
      }
    }
    self.postMessage(sent);
  }
};
