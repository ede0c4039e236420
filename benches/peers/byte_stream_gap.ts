/**
 * Messages that come at a distance: what waiting for each costs the one who
 * waits. The sender sleeps meanwhile.
 */

import {
  isFirst,
  openReader,
  openWriter,
  readAll,
  readAllSync,
  size,
  writeAllSync,
} from "./byte_streams.ts";
import { now, sleepExactly, sleepUntil } from "./clock.ts";
import { cpu, numberOption, option, Phase, ready, report } from "./peer.ts";

/** How often a measurement begins before the one that counts. */
const REHEARSALS = 8;

const own = new Uint8Array(size);

if (isFirst) await receive();
else send();

async function receive(): Promise<void> {
  ready();
  using reader = openReader();
  const isAsync = option("way") === "async";
  let count = 0;
  let before = 0;
  for (let phase = -1; phase !== Phase.stop; count++) {
    if (isAsync) await readAll(reader, own);
    else readAllSync(reader, own);
    if (own[0] === phase) continue;
    if (own[0] !== Phase.stop) {
      before = cpu();
      count = 0;
    }
    phase = own[0]!;
  }
  report({ receiver_us: (cpu() - before) / count });
}

function send(): void {
  using writer = openWriter();
  sleepExactly();
  const gap = numberOption("gap_us", 100) * 1e3;
  function sendFor(phase: number, milliseconds: number, gap: number): number {
    let count = 0;
    let next = now() + gap;
    for (const end = now() + milliseconds * 1e6; next < end; count++) {
      sleepUntil(next);
      own[0] = phase;
      writeAllSync(writer, own);
      next = Math.max(next + gap, now());
    }
    return count;
  }
  // Measuring is rehearsed: a branch that is new to a compiler costs thousands
  // of messages' time.
  const warm = numberOption("warm_ms", 200) / (2 * REHEARSALS);
  for (let i = 0; i < REHEARSALS; i++) {
    sendFor(Phase.warm, warm, Math.min(gap, 1e5));
    sendFor(Phase.measure, warm, Math.min(gap, 1e5));
  }
  sendFor(Phase.warm, warm, gap);
  const milliseconds = numberOption("time_ms", 400);
  const count = sendFor(Phase.measure, milliseconds, gap);
  own[0] = Phase.stop;
  writeAllSync(writer, own);
  report({ distance_us: milliseconds * 1000 / count });
}
