/**
 * `<sched.h>`: giving the processor to another, for now or for a while.
 *
 * @see {@link https://man7.org/linux/man-pages/man2/sched_yield.2.html | sched_yield(2)}
 */

import { library } from "./library.ts";

const libsched = library({
  sched_yield: { parameters: [], result: "i32" }, // int sched_yield(void)
});

/** Lets another process run that is ready, if there is one. */
export function schedYield(): void {
  libsched.sched_yield()();
}

const cell = new Int32Array(new SharedArrayBuffer(4));

/**
 * Sleeps, and blocks this thread while it does.
 *
 * @param milliseconds How long.
 */
export function sleepSync(milliseconds: number): void {
  Atomics.wait(cell, 0, 0, milliseconds);
}
