/**
 * What the Deno peers share: options, and the kinds of measurement. The
 * protocol is described in the README of the benches.
 */

import process from "node:process";
import { now } from "./clock.ts";

/** The first byte of every message. */
export const Phase = { warm: 0, measure: 1, stop: 2 } as const;

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

/** The processor time of this process, in microseconds. */
export function cpu(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** Keeps the last 2^20 durations. */
const samples = new Uint32Array(1 << 20);

/** Prints figures for the harness. */
export function report(metrics: Record<string, number>): void {
  console.log(JSON.stringify(metrics));
}

function reportRoundTrips(count: number, used: number): void {
  const sorted = samples.subarray(0, Math.min(count, samples.length)).sort();
  report({
    p50_us: sorted[Math.floor(sorted.length / 2)]! / 1e3,
    p99_us: sorted[Math.floor(sorted.length * 0.99)]! / 1e3,
    cpu_us: used / count,
    count,
  });
}

/**
 * The side that measures round trips, synchronous. The other side answers
 * every message, the last one too.
 */
export function measureRoundTrips(roundTrip: (phase: number) => void): void {
  samples.fill(0);
  for (const start = now(); now() - start < warm;) {
    pause(warmGap);
    roundTrip(Phase.warm);
  }
  const before = cpu();
  const start = now();
  let last = start;
  let end = start;
  let count = 0;
  while (end - start < span) {
    if (gap > 0) {
      pause(gap);
      last = now();
    }
    roundTrip(Phase.measure);
    end = now();
    samples[count++ & (samples.length - 1)] = end - last;
    last = end;
  }
  const used = cpu() - before;
  roundTrip(Phase.stop);
  reportRoundTrips(count, used);
}

/** The side that measures round trips, asynchronous. */
export async function measureRoundTripsAsync(
  roundTrip: (phase: number) => Promise<void>,
): Promise<void> {
  samples.fill(0);
  for (const start = now(); now() - start < warm;) {
    pause(warmGap);
    await roundTrip(Phase.warm);
  }
  const before = cpu();
  const start = now();
  let last = start;
  let end = start;
  let count = 0;
  while (end - start < span) {
    if (gap > 0) {
      pause(gap);
      last = now();
    }
    await roundTrip(Phase.measure);
    end = now();
    samples[count++ & (samples.length - 1)] = end - last;
    last = end;
  }
  const used = cpu() - before;
  await roundTrip(Phase.stop);
  reportRoundTrips(count, used);
}

/** The side that answers; `answer` returns the phase it was asked in. */
export function answerRoundTrips(answer: () => number): void {
  let count = 0;
  let before = 0;
  for (let phase = 0; phase !== Phase.stop;) {
    phase = answer();
    if (phase === Phase.measure && count++ === 0) before = cpu();
  }
  report({ cpu_us: (cpu() - before) / count });
}

/** The side that answers, asynchronous. */
export async function answerRoundTripsAsync(
  answer: () => Promise<number>,
): Promise<void> {
  let count = 0;
  let before = 0;
  for (let phase = 0; phase !== Phase.stop;) {
    phase = await answer();
    if (phase === Phase.measure && count++ === 0) before = cpu();
  }
  report({ cpu_us: (cpu() - before) / count });
}

/** Blocks between two looks at the clock, so that looking costs little. */
export const CLOCK_EVERY = 16;

/** The side that sends one way. */
export function measureSending(send: (phase: number) => void): void {
  for (const start = now(); now() - start < warm;) {
    for (let i = 0; i < CLOCK_EVERY; i++) send(Phase.warm);
  }
  const before = cpu();
  let count = 0;
  for (const start = now(); now() - start < span;) {
    for (let i = 0; i < CLOCK_EVERY; i++) send(Phase.measure);
    count += CLOCK_EVERY;
  }
  const used = cpu() - before;
  send(Phase.stop);
  report({ cpu_us: used / count });
}

/** The side that receives, and whose clock counts. */
export function measureReceiving(receive: () => number, size: number): void {
  let count = 0;
  let before = 0;
  let start = 0;
  for (let phase = 0; phase !== Phase.stop;) {
    phase = receive();
    if (phase === Phase.measure && count++ === 0) {
      start = now();
      before = cpu();
    }
  }
  const seconds = (now() - start) / 1e9;
  const used = cpu() - before;
  report({
    m_per_s: count / seconds / 1e6,
    gib_per_s: count * size / seconds / 2 ** 30,
    cpu_us: used / count,
  });
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
