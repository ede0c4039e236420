/** Messages of several producers to one consumer, which has them in batches. */

import {
  CLOCK_EVERY,
  cpu,
  numberOption,
  option,
  Phase,
  ready,
  report,
} from "./peer.ts";
import { now } from "./clock.ts";
import { removeRing, ringReader, ringWriter, size } from "./rings.ts";

const producers = numberOption("producers", 4);
const own = new Uint8Array(size);

if (option("role") === "receiver") {
  using ring = ringReader("many");
  ready();
  let stops = 0;
  let count = 0;
  let start = 0;
  let end = 0;
  let used = 0;
  while (stops < producers) {
    ring.receiveIntoSync(own);
    const phase = own[0]!;
    if (phase === Phase.stop) stops++;
    else if (phase === Phase.measure && stops === 0) {
      if (count++ === 0) {
        start = now();
        used = cpu();
      }
      end = count % 1024 === 0 ? now() : end;
    }
  }
  used = cpu() - used;
  removeRing("many");
  report({ m_per_s: count / (end - start) * 1e3, cpu_us: used / count });
} else {
  using ring = ringWriter("many");
  const send = (phase: number, milliseconds: number) => {
    own[0] = phase;
    for (const end = now() + milliseconds * 1e6; now() < end;) {
      for (let i = 0; i < CLOCK_EVERY; i++) ring.sendSync(own);
    }
  };
  send(Phase.warm, numberOption("warm_ms", 200));
  send(Phase.measure, numberOption("time_ms", 400));
  own[0] = Phase.stop;
  ring.sendSync(own);
  report({});
}
