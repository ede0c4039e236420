/**
 * Messages one way through a ring, sent and received in the ways that are
 * asked for.
 */

import { Arrivals } from "./arrivals.ts";
import {
  measureReceiving,
  measureSending,
  numberOption,
  option,
  ready,
} from "./peer.ts";
import { isFirst, removeRing, ringReader, ringWriter, size } from "./rings.ts";

const own = new Uint8Array(size);

function receive(): void | Promise<void> {
  const ring = ringReader("copy");
  const receivers: Record<string, () => void | Promise<void>> = {
    into: () =>
      measureReceiving(() => {
        ring.receiveIntoSync(own);
        return own[0]!;
      }, size),
    owned: () => measureReceiving(() => ring.receiveSync()![0]!, size),
    views() {
      let count = 0;
      measureReceiving(() => {
        let message = ring.tryPeek();
        if (message === undefined || count === 64) {
          ring.release();
          count = 0;
          message ??= ring.peekSync();
        }
        count++;
        return message![0]!;
      }, size);
    },
    async async() {
      const arrivals = new Arrivals();
      while (arrivals.add((await ring.receive())![0]!));
      arrivals.report(size);
    },
    async iterate() {
      const arrivals = new Arrivals();
      for await (const message of ring) {
        if (!arrivals.add(message[0]!)) break;
      }
      arrivals.report(size);
    },
    async batches() {
      const arrivals = new Arrivals();
      for await (const batch of ring.batches()) {
        let goesOn = true;
        for (const message of batch) goesOn = arrivals.add(message[0]!);
        if (!goesOn) break;
      }
      arrivals.report(size);
    },
  };
  ready();
  return receivers[option("way", "into")]!();
}

function send(): void {
  using ring = ringWriter("copy");
  const batch = numberOption("batch", 1);
  let count = 0;
  const senders: Record<string, (phase: number) => void> = {
    send(phase) {
      own[0] = phase;
      ring.sendSync(own);
    },
    batch(phase) {
      own[0] = phase;
      if (!ring.enqueue(own)) ring.sendSync(own);
      else if (++count % batch === 0 || phase === 2) ring.flush();
    },
  };
  measureSending(senders[batch > 1 ? "batch" : "send"]!);
}

if (isFirst) {
  await receive();
  removeRing("copy");
} else {
  send();
}
