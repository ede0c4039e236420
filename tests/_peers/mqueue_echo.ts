/**
 * Answers every message of one queue on another.
 *
 * Arguments: the queues, the way to receive, how to wait.
 */

import { openMessageQueue } from "@ipc/mqueue";
import type { WaitStrategy } from "@ipc/mqueue";

const [there, back, way, wait] = Deno.args as [
  string,
  string,
  string,
  WaitStrategy,
];
using input = openMessageQueue(there, { write: false, wait });
using output = openMessageQueue(back, { read: false, wait });
const buffer = new Uint8Array(input.messageSize);
console.log("ready");

switch (way) {
  case "sync":
    for (;;) {
      const { message, priority } = input.receiveSync();
      output.sendSync(message, { priority });
    }
  // falls through
  case "async":
    for (;;) {
      const { message, priority } = await input.receive();
      await output.send(message, { priority });
    }
  // falls through
  case "iterate":
    for await (const { message, priority } of input) {
      output.sendSync(message, { priority });
    }
    break;
  case "into":
    for (;;) {
      const size = await input.receiveInto(buffer);
      output.sendSync(buffer.subarray(0, size), {
        priority: input.lastPriority,
      });
    }
  // falls through
  case "timeout":
    input.receiveSync({ timeout: 60_000 });
    break;
  case "stall":
    setInterval(() => {}, 1000);
}
