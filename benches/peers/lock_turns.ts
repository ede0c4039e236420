/** The turn there and back, by a mutex and a condition. */

import { Condition, CONDITION_SIZE, Mutex, MUTEX_SIZE } from "@ipc/lock";
import type { WaitStrategy } from "@ipc/lock";
import { openSharedMemory } from "@ipc/shm";
import {
  answerRoundTrips,
  answerRoundTripsAsync,
  measureRoundTrips,
  measureRoundTripsAsync,
  option,
} from "./peer.ts";

const isServer = option("role") === "server";
const isAsync = option("way") === "async";
const wait = option("wait", "adaptive") as WaitStrategy;
const memory = openSharedMemory(
  `/${option("name")}_locks`,
  isServer ? { createNew: true, size: MUTEX_SIZE + CONDITION_SIZE + 8 } : {},
);
const mutex = new Mutex(memory.buffer, 0, { wait });
const condition = new Condition(memory.buffer, MUTEX_SIZE, { wait });
/** A turn is 0 of the one who answers, or else 1 + the phase. */
const turn = new Int32Array(memory.buffer, MUTEX_SIZE + CONDITION_SIZE, 1);

if (!isServer && !isAsync) {
  measureRoundTrips((phase) => {
    const lock = mutex.acquireSync();
    turn[0] = 1 + phase;
    condition.notifyOne();
    while (turn[0] !== 0) condition.waitSync(lock);
    lock.release();
  });
} else if (!isServer) {
  await measureRoundTripsAsync(async (phase) => {
    const lock = await mutex.acquire();
    turn[0] = 1 + phase;
    condition.notifyOne();
    while (turn[0] !== 0) await condition.wait(lock);
    lock.release();
  });
} else if (!isAsync) {
  console.log("ready");
  answerRoundTrips(() => {
    const lock = mutex.acquireSync();
    while (turn[0] === 0) condition.waitSync(lock);
    const phase = turn[0]! - 1;
    turn[0] = 0;
    condition.notifyOne();
    lock.release();
    return phase;
  });
  memory.unlink();
} else {
  console.log("ready");
  await answerRoundTripsAsync(async () => {
    const lock = await mutex.acquire();
    while (turn[0] === 0) await condition.wait(lock);
    const phase = turn[0]! - 1;
    turn[0] = 0;
    condition.notifyOne();
    lock.release();
    return phase;
  });
  memory.unlink();
}
