/**
 * `<time.h>`: a timer that interrupts a blocking call of this thread, for
 * calls that have no timeout; Linux only.
 *
 * @see {@link https://man7.org/linux/man-pages/man2/timer_create.2.html | timer_create(2)}
 */

import { library } from "./library.ts";
import { capabilities } from "./platform.ts";
import { currentThread, prepareInterrupts, SIGURG } from "./signal.ts";
import { CLOCK_MONOTONIC } from "./time.ts";

const libtimer = library({
  timer_create: { parameters: ["i32", "buffer", "buffer"], result: "i32" }, // int timer_create(clockid_t, struct sigevent *, timer_t *)
  timer_delete: { parameters: ["u64"], result: "i32" }, // int timer_delete(timer_t)
  timer_settime: {
    parameters: ["u64", "i32", "buffer", "pointer"],
    result: "i32",
  }, // int timer_settime(timer_t, int, const struct itimerspec *, struct itimerspec *)
});

/** Sends a signal to a thread. */
export const SIGEV_THREAD_ID = 4;

/** Offsets in `struct sigevent`, in bytes. */
export const SIGEVENT = {
  size: 64,
  sigev_signo: 8, // int
  sigev_notify: 12, // int
  "_sigev_un._tid": 16, // pid_t
} as const;

/** Offsets in `struct itimerspec`, in bytes. */
export const ITIMERSPEC = {
  size: 32,
  it_interval: 0, // struct timespec
  it_value: 16, // struct timespec
} as const;

/** How often it rings once the time is over, in nanoseconds. */
const AGAIN = 1_000_000n;
/** The longest time, in milliseconds. */
const LONGEST = 2 ** 31;

/**
 * Interrupts what this thread blocks in once a time is over, and again and
 * again from then on: it may ring a moment before the call begins.
 */
export class Alarm implements Disposable {
  readonly #timer: bigint;

  private constructor(timer: bigint) {
    this.#timer = timer;
  }

  /**
   * Sets an alarm.
   *
   * @param milliseconds When it rings.
   * @returns The alarm, to be disposed of; `undefined` if there can be none.
   */
  static set(milliseconds: number): Alarm | undefined {
    if (!capabilities.interruptibleCalls || !prepareInterrupts()) {
      return undefined;
    }
    const event = new DataView(new ArrayBuffer(SIGEVENT.size));
    event.setInt32(SIGEVENT.sigev_signo, SIGURG, true);
    event.setInt32(SIGEVENT.sigev_notify, SIGEV_THREAD_ID, true);
    event.setInt32(SIGEVENT["_sigev_un._tid"], currentThread(), true);
    const timer = new BigUint64Array(1);
    if (libtimer.timer_create()(CLOCK_MONOTONIC, event, timer) === -1) {
      return undefined;
    }
    const alarm = new Alarm(timer[0]!);
    // Zero would mean never.
    const nanoseconds = BigInt(
      Math.max(1, Math.round(Math.min(milliseconds, LONGEST) * 1e6)),
    );
    const times = BigInt64Array.of(
      0n,
      AGAIN,
      nanoseconds / 1_000_000_000n,
      nanoseconds % 1_000_000_000n,
    );
    if (libtimer.timer_settime()(alarm.#timer, 0, times, null) === 0) {
      return alarm;
    }
    alarm[Symbol.dispose]();
    return undefined;
  }

  /** Takes it back. */
  [Symbol.dispose](): void {
    libtimer.timer_delete()(this.#timer);
  }
}
