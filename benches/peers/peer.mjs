/**
 * What the Node peers share: options, a child process, and the kinds of
 * measurement. The protocol is described in the README of the benches.
 */

import { execFileSync, spawn } from "node:child_process";
import process from "node:process";

/** The first byte of every message. */
export const [WARM, MEASURE, STOP] = [0, 1, 2];

const options = Object.fromEntries(
  process.argv.slice(2).map((text) => text.split("=")),
);
export const size = Number(options.size ?? 64);
const warm = Number(options.warm_ms ?? 200) * 1e6;
const span = Number(options.time_ms ?? 400) * 1e6;
const gap = Number(options.gap_us ?? 0) / 1e3;
const cpus = options.cpus?.split(",");

/** Whether this is the other side, which the first one started. */
export const isChild = options.role === "child";

/**
 * Starts this program once more, with pipes for stdin and stdout. It prints
 * its figures to descriptor 3.
 */
export function startChild() {
  const [cpu, own] = cpus ?? [];
  if (cpus) execFileSync("taskset", ["-acp", own, process.pid]);
  const command = [
    ...cpus ? ["taskset", "-c", cpu] : [],
    ...[process.execPath, ...process.argv.slice(1), "role=child"],
  ];
  return spawn(command[0], command.slice(1), {
    stdio: ["pipe", "pipe", "inherit", 1],
  });
}

export function now() {
  return Number(process.hrtime.bigint());
}

export function cpu() {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** Calls a function for every message of a stream. */
export function onMessages(stream, take) {
  const parts = Buffer.alloc(size);
  let filled = 0;
  stream.on("data", (chunk) => {
    let at = 0;
    if (filled > 0) {
      at = Math.min(size - filled, chunk.length);
      chunk.copy(parts, filled, 0, at);
      filled += at;
      if (filled < size) return;
      filled = 0;
      take(parts);
    }
    for (; chunk.length - at >= size; at += size) {
      take(chunk.subarray(at, at + size));
    }
    if (at < chunk.length) filled = chunk.copy(parts, 0, at);
  });
}

const cell = new Int32Array(new SharedArrayBuffer(4));

function pause(milliseconds) {
  if (milliseconds > 0) Atomics.wait(cell, 0, 0, milliseconds);
}

/**
 * How a peer warms up, and, as the last, measures: an engine gives up what it
 * made of a loop when that ends for the first time.
 */
export const stretches = [
  ...Array(8).fill({ phase: WARM, span: warm / 8, gap: Math.min(gap, 0.1) }),
  { phase: MEASURE, span, gap },
];

/** Round trips for a time; their durations in nanoseconds. */
async function roundTrips({ phase, span, gap }, roundTrip) {
  const samples = [];
  const start = now();
  let last = start;
  for (let end = start; end - start < span; last = end) {
    if (gap > 0) {
      pause(gap);
      last = now();
    }
    await roundTrip(phase);
    end = now();
    samples.push(end - last);
  }
  return samples;
}

/** The side that measures round trips. */
export async function measureRoundTrips(roundTrip) {
  let samples;
  let before;
  for (const stretch of stretches) {
    before = cpu();
    samples = await roundTrips(stretch, roundTrip);
  }
  const used = cpu() - before;
  await roundTrip(STOP);
  samples.sort((a, b) => a - b);
  const count = samples.length;
  console.log(JSON.stringify({
    p50_us: samples[count >> 1] / 1e3,
    p99_us: samples[Math.floor(count * 0.99)] / 1e3,
    cpu_us: used / count,
    count,
  }));
}

/** The side that sends one way; `send` says whether there is more room. */
export async function measureSending(stream, own) {
  function send(phase) {
    own[0] = phase;
    // What was written may still be in use.
    return stream.write(Buffer.from(own));
  }
  async function sendSome(phase) {
    for (let i = 0; i < 16; i++) {
      if (!send(phase)) {
        await new Promise((resolve) => stream.once("drain", resolve));
      }
    }
  }
  async function sendFor({ phase, span }) {
    let count = 0;
    for (const start = now(); now() - start < span; count += 16) {
      await sendSome(phase);
    }
    return count;
  }
  let count;
  let before;
  for (const stretch of stretches) {
    before = cpu();
    count = await sendFor(stretch);
  }
  const used = cpu() - before;
  send(STOP);
  console.log(JSON.stringify({ cpu_us: used / count }));
}

/** Runs something short many times, and reports the median of its time. */
export function measureOperation(repeat) {
  const times = Number(options.times ?? 10_000);
  for (const start = now(); now() - start < warm;) repeat(times);
  const samples = [];
  const begin = now();
  for (let start = begin; start - begin < span;) {
    repeat(times);
    const end = now();
    samples.push(end - start);
    start = end;
  }
  samples.sort((a, b) => a - b);
  console.log(JSON.stringify({ ns: samples[samples.length >> 1] / times }));
}
