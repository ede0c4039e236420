/** Messages one way through a System V queue, received in the way that is asked for. */

import { Arrivals } from "./arrivals.ts";
import { isFirst, messageQueue, size } from "./sysv_mqueues.ts";
import { measureReceiving, measureSending, option, ready } from "./peer.ts";

using queue = messageQueue("copy");
const own = new Uint8Array(size);

const ways: Record<string, () => void | Promise<void>> = {
  into: () =>
    measureReceiving(() => {
      queue.receiveIntoSync(own);
      return own[0]!;
    }, size),
  sync: () => measureReceiving(() => queue.receiveSync().message[0]!, size),
  async async() {
    const arrivals = new Arrivals();
    while (arrivals.add((await queue.receive()).message[0]!));
    arrivals.report(size);
  },
  async iterate() {
    const arrivals = new Arrivals();
    for await (const { message } of queue) {
      if (!arrivals.add(message[0]!)) break;
    }
    arrivals.report(size);
  },
};

if (isFirst) {
  ready();
  await ways[option("way", "sync")]!();
  queue.remove();
} else {
  measureSending((phase) => {
    own[0] = phase;
    queue.sendSync(own);
  });
}
