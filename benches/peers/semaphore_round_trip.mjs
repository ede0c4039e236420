/**
 * Bytes there and back through a SharedArrayBuffer, with Atomics.wait and
 * Atomics.notify, between two threads: Node has no semaphores and no shared
 * memory between processes.
 */

import process from "node:process";
import { isMainThread, Worker, workerData } from "node:worker_threads";

const [WARM, MEASURE, STOP] = [0, 1, 2];
const options = Object.fromEntries(
  process.argv.slice(2).map((text) => text.split("=")),
);
const size = Number(options.size ?? 64);
const buffer = isMainThread
  ? new SharedArrayBuffer(128 + 2 * size)
  : workerData;
const ASKED = 0;
const ANSWERED = 16;
const counts = new Int32Array(buffer, 0, 32);
const question = new Uint8Array(buffer, 128, size);
const reply = new Uint8Array(buffer, 128 + size, size);
const own = new Uint8Array(size);

function acquire(index) {
  for (;;) {
    const count = Atomics.load(counts, index);
    if (count === 0) Atomics.wait(counts, index, 0);
    else if (
      Atomics.compareExchange(counts, index, count, count - 1) === count
    ) return;
  }
}

function release(index) {
  Atomics.add(counts, index, 1);
  Atomics.notify(counts, index, 1);
}

function roundTrip(phase) {
  own[0] = phase;
  question.set(own);
  release(ASKED);
  acquire(ANSWERED);
  own.set(reply);
}

function answerAll() {
  do {
    acquire(ASKED);
    own.set(question);
    reply.set(own);
    release(ANSWERED);
  } while (own[0] !== STOP);
}

function now() {
  return Number(process.hrtime.bigint());
}

function cpu() {
  const { user, system } = process.cpuUsage();
  return user + system;
}

function roundTrips(phase, span) {
  const samples = [];
  const start = now();
  for (let last = start; last - start < span;) {
    roundTrip(phase);
    const end = now();
    samples.push(end - last);
    last = end;
  }
  return samples;
}

function measure() {
  const span = Number(options.time_ms ?? 400) * 1e6;
  const warm = Number(options.warm_ms ?? 200) * 1e6;
  // In parts: an engine gives up what it made of a loop when that ends.
  for (let part = 0; part < 8; part++) roundTrips(WARM, warm / 8);
  const before = cpu();
  const samples = roundTrips(MEASURE, span);
  const used = cpu() - before;
  roundTrip(STOP);
  samples.sort((a, b) => a - b);
  const count = samples.length;
  console.log(JSON.stringify({
    p50_us: samples[count >> 1] / 1e3,
    p99_us: samples[Math.floor(count * 0.99)] / 1e3,
    cpu_us: used / count,
    count,
  }));
}

if (isMainThread) {
  const worker = new Worker(new URL(import.meta.url), { workerData: buffer });
  worker.on("online", measure);
} else {
  answerAll();
}
