/** The same with both sides asynchronous, and messages of their own. */

import {
  answerRoundTripsAsync,
  measureRoundTripsAsync,
  ready,
} from "./peer.ts";
import { isFirst, removeRing, ringReader, ringWriter, size } from "./rings.ts";

const own = new Uint8Array(size);

if (isFirst) {
  using there = ringReader("there");
  using back = ringWriter("back");
  ready();
  await answerRoundTripsAsync(async () => {
    const message = (await there.receive())!;
    await back.send(message);
    return message[0]!;
  });
  await there.receive();
  removeRing("there");
  removeRing("back");
} else {
  using there = ringWriter("there");
  using back = ringReader("back");
  await measureRoundTripsAsync(async (phase) => {
    own[0] = phase;
    await there.send(own);
    await back.receive();
  });
}
