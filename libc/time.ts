/**
 * `<time.h>`: the monotonic clock, and times for C.
 *
 * @see {@link https://man7.org/linux/man-pages/man3/timespec.3type.html | timespec(3type)}
 */

import { library } from "./library.ts";
import { perPlatform } from "./platform.ts";

const libtime = library({
  clock_gettime: { parameters: ["i32", "buffer"], result: "i32" }, // int clock_gettime(clockid_t, struct timespec *)
});

/** The clock that is set, and may be set back. */
export const CLOCK_REALTIME = 0;
/** The clock that only goes forward. */
export const CLOCK_MONOTONIC: number = perPlatform({ linux: 1, darwin: 6 });

/** Offsets in `struct timespec`, in bytes; both fields have 64 bits. */
export const TIMESPEC = {
  size: 16,
  tv_sec: 0, // time_t
  tv_nsec: 8, // long
} as const;

/** A `struct timespec`: seconds and nanoseconds, 64 bits each. */
export type Timespec = BigInt64Array<ArrayBuffer>;

/**
 * A moment of a clock, for the calls that wait until one.
 *
 * @param clock The clock.
 * @param milliseconds How far from now.
 * @returns The moment.
 */
export function momentAfter(clock: number, milliseconds: number): Timespec {
  const moment: Timespec = new BigInt64Array(2);
  libtime.clock_gettime()(clock, moment);
  const whole = Math.floor(milliseconds / 1000);
  const nanoseconds = Math.round((milliseconds - whole * 1000) * 1e6) +
    Number(moment[1]);
  const carry = Math.floor(nanoseconds / 1e9);
  moment[0]! += BigInt(whole + carry);
  moment[1] = BigInt(nanoseconds - carry * 1e9);
  return moment;
}

const cell = new Int32Array(4);

/**
 * The monotonic clock, for hot paths: three times as fast to read as
 * `performance.now()`, and not comparable with it.
 *
 * @returns Milliseconds since some moment.
 */
export function monotonicNow(): number {
  libtime.clock_gettime()(CLOCK_MONOTONIC, cell);
  // The seconds fit 31 bits for 68 years after the machine was started.
  return cell[0]! * 1000 + cell[2]! * 1e-6;
}
