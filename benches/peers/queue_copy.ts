/** Messages one way through a queue of either kind. */

import type { MessageQueue, SysvMessageQueue } from "@ipc/mqueue";
import { Arrivals } from "./arrivals.ts";
import { measureReceiving, measureSending, option, ready } from "./peer.ts";

/**
 * Measures one side of it; messages are received in the way that is asked for.
 *
 * @param queue The queue, open on both sides.
 * @param size The size of a message in bytes.
 * @param receives Whether this side receives.
 */
export async function copyThrough(
  queue: MessageQueue | SysvMessageQueue,
  size: number,
  receives: boolean,
): Promise<void> {
  const own = new Uint8Array(size);
  if (!receives) {
    measureSending((phase) => {
      own[0] = phase;
      queue.sendSync(own);
    });
    return;
  }
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
  ready();
  await ways[option("way", "sync")]!();
}
