/** Waits that are aborted at the moment at which they are served. */

import { check, draw } from "./_soak.ts";
import type { Trials } from "./_soak.ts";

/** What is raced for: numbers that are sent, and received in order. */
export interface Race extends Disposable {
  send(record: Uint8Array<ArrayBuffer>): void | Promise<void>;
  receive(
    record: Uint8Array<ArrayBuffer>,
    options: { signal?: AbortSignal; timeout?: number },
  ): Promise<unknown>;
}

/** Lets the event loop have a turn. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Lets a moment pass. */
function nap(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

/** Trials of so many races each. */
export function raceTrials(
  races: Readonly<Record<string, () => Race | Promise<Race>>>,
  count: number,
): Trials {
  return Object.fromEntries(
    Object.entries(races).map(([name, start]) => [
      `Aborts against ${name}`,
      async () => {
        using race = await start();
        return await abortAgainstArrival(name, race, count);
      },
    ]),
  );
}

/** Nothing is lost, doubled or out of order between an abort and an arrival. */
async function abortAgainstArrival(
  name: string,
  race: Race,
  count: number,
): Promise<string> {
  const record = new Uint32Array(1);
  const bytes = new Uint8Array(record.buffer);
  let given = 0;
  for (let i = 0; i < count; i++) {
    const abort = new AbortController();
    const received = race.receive(bytes, { signal: abort.signal })
      .then(() => true, () => false);
    for (let turns = Math.random() * 2; turns > 1; turns--) await turn();
    const sent = race.send(new Uint8Array(Uint32Array.of(i).buffer));
    // What Deno's own sockets get comes later than in the next few turns.
    if (Math.random() < 0.03) await nap();
    for (let turns = Math.random() * 5; turns > 1; turns--) await turn();
    abort.abort();
    if (!await received) {
      given++;
      await race.receive(bytes, { timeout: 10_000 });
    }
    await sent;
    check(record[0] === i, `${record[0]} came in place of ${i}`);
    if (i % 500 === 0) draw(i / count, name);
  }
  check(given > 0 && given < count, `${given} of ${count} were given up`);
  return `${given} of ${count} were given up`;
}
