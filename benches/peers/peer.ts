/**
 * What the Deno peers share: options, and the kinds of measurement. The
 * protocol is described in the README of the benches.
 */

import { Arrivals, cpu, Phase, report } from "./arrivals.ts";
import { now } from "./clock.ts";

export { cpu, Phase, report };

const options = new Map(
  Deno.args.map((text): [string, string] => {
    const at = text.indexOf("=");
    return [text.slice(0, at), text.slice(at + 1)];
  }),
);

/** The value of an option that was given as `key=value`. */
export function option(key: string, fallback = ""): string {
  return options.get(key) ?? fallback;
}

/** The value of an option that is a number. */
export function numberOption(key: string, fallback: number): number {
  return Number(options.get(key) ?? fallback);
}

/** Says that the other processes may start. */
export function ready(): void {
  console.log("ready");
}

/**
 * In how many parts peers warm up: a compiler gives up what it made of a loop
 * when that ends for the first time, which is not to be in the measurement.
 */
const WARM_PARTS = 8;

const warm = numberOption("warm_ms", 200) * 1e6;
const span = numberOption("time_ms", 400) * 1e6;
const gap = numberOption("gap_us", 0) / 1e3;
/** While warming up: compilers count calls, and no time. */
const warmGap = Math.min(gap, 0.1);
const cell = new Int32Array(new SharedArrayBuffer(4));

/** Lets a gap pass. It blocks, so that it is as long as in other peers. */
function pause(milliseconds: number): void {
  if (milliseconds > 0) Atomics.wait(cell, 0, 0, milliseconds);
}

/** Keeps the last 2^20 durations. */
const samples = new Uint32Array(1 << 20);

function reportRoundTrips(count: number, used: number): void {
  const sorted = samples.subarray(0, Math.min(count, samples.length)).sort();
  report({
    p50_us: sorted[Math.floor(sorted.length / 2)]! / 1e3,
    p99_us: sorted[Math.floor(sorted.length * 0.99)]! / 1e3,
    cpu_us: used / count,
    count,
  });
}

/** For how long something is repeated, in which phase. */
interface Stretch {
  readonly phase: number;
  /** Nanoseconds. */
  readonly span: number;
  /** Milliseconds before each. */
  readonly gap: number;
}

/** How a peer warms up, and, as the last, measures. */
const stretches: readonly Stretch[] = [
  ...Array.from({ length: WARM_PARTS }, () => ({
    phase: Phase.warm,
    span: warm / WARM_PARTS,
    gap: warmGap,
  })),
  { phase: Phase.measure, span, gap },
];

/** Runs all stretches; returns the count of the last, and what it used. */
function measure(repeat: (stretch: Stretch) => number): [number, number] {
  let count = 0;
  let before = 0;
  for (const stretch of stretches) {
    before = cpu();
    count = repeat(stretch);
  }
  return [count, cpu() - before];
}

/** The same, asynchronous. */
async function measureAsync(
  repeat: (stretch: Stretch) => Promise<number>,
): Promise<[number, number]> {
  let count = 0;
  let before = 0;
  for (const stretch of stretches) {
    before = cpu();
    count = await repeat(stretch);
  }
  return [count, cpu() - before];
}

/**
 * The side that measures round trips, synchronous. The other side answers
 * every message, the last one too.
 */
export function measureRoundTrips(roundTrip: (phase: number) => void): void {
  samples.fill(0);
  const [count, used] = measure(({ phase, span, gap }) => {
    const start = now();
    let last = start;
    let count = 0;
    for (let end = start; end - start < span; last = end) {
      if (gap > 0) {
        pause(gap);
        last = now();
      }
      roundTrip(phase);
      end = now();
      samples[count++ & (samples.length - 1)] = end - last;
    }
    return count;
  });
  roundTrip(Phase.stop);
  reportRoundTrips(count, used);
}

/** The side that measures round trips, asynchronous. */
export async function measureRoundTripsAsync(
  roundTrip: (phase: number) => Promise<void>,
): Promise<void> {
  samples.fill(0);
  const [count, used] = await measureAsync(async ({ phase, span, gap }) => {
    const start = now();
    let last = start;
    let count = 0;
    for (let end = start; end - start < span; last = end) {
      if (gap > 0) {
        pause(gap);
        last = now();
      }
      await roundTrip(phase);
      end = now();
      samples[count++ & (samples.length - 1)] = end - last;
    }
    return count;
  });
  await roundTrip(Phase.stop);
  reportRoundTrips(count, used);
}

/** The side that answers; `answer` returns the phase it was asked in. */
export function answerRoundTrips(answer: () => number): void {
  const arrivals = new Arrivals();
  while (arrivals.add(answer()));
  report({ cpu_us: arrivals.cpuEach });
}

/** The side that answers, asynchronous. */
export async function answerRoundTripsAsync(
  answer: () => Promise<number>,
): Promise<void> {
  const arrivals = new Arrivals();
  while (arrivals.add(await answer()));
  report({ cpu_us: arrivals.cpuEach });
}

/** Blocks between two looks at the clock, so that looking costs little. */
export const CLOCK_EVERY = 16;

/** The side that sends one way. */
export function measureSending(send: (phase: number) => void): void {
  const [count, used] = measure(({ phase, span }) => {
    let count = 0;
    for (const end = now() + span; now() < end; count += CLOCK_EVERY) {
      for (let i = 0; i < CLOCK_EVERY; i++) send(phase);
    }
    return count;
  });
  send(Phase.stop);
  report({ cpu_us: used / count });
}

/**
 * The side that sends one way, asynchronous. What `send` returns is awaited,
 * if there is something; nothing else is, but what `finish` returns for what
 * came of it, if there is something.
 */
export async function measureSendingAsync<T>(
  send: (phase: number) => Promise<T> | undefined,
  finish?: (sent: T) => Promise<unknown> | undefined,
): Promise<void> {
  const [count, used] = await measureAsync(async ({ phase, span }) => {
    let count = 0;
    for (const end = now() + span; now() < end; count += CLOCK_EVERY) {
      for (let i = 0; i < CLOCK_EVERY; i++) {
        const sending = send(phase);
        if (sending === undefined) continue;
        const sent = await sending;
        const rest = finish?.(sent);
        if (rest !== undefined) await rest;
      }
    }
    return count;
  });
  await send(Phase.stop);
  report({ cpu_us: used / count });
}

/** The side that receives, and whose clock counts. */
export function measureReceiving(receive: () => number, size: number): void {
  const arrivals = new Arrivals();
  while (arrivals.add(receive()));
  arrivals.report(size);
}

/** Runs something short many times, and reports the median of its time. */
export function measureOperation(repeat: (times: number) => void): void {
  const times = numberOption("times", 10_000);
  for (const start = now(); now() - start < warm;) repeat(times);
  let count = 0;
  const begin = now();
  for (let start = begin; start - begin < span;) {
    repeat(times);
    const end = now();
    samples[count++ & (samples.length - 1)] = end - start;
    start = end;
  }
  const sorted = samples.subarray(0, count).sort();
  report({ ns: sorted[Math.floor(count / 2)]! / times });
}
