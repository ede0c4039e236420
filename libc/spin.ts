/**
 * The adaptive wait, in one place: what every mechanism does between a try
 * that failed and going to sleep.
 *
 * Waking a sleeping process costs the kernel tens of microseconds. If the
 * answer is near, it is faster, and cheaper for the processor too, to look
 * again a few times: first after a pause instruction, while the other side
 * runs on another core; then after giving up the processor, which is what
 * lets the other side run where both share one core. If the answer is far,
 * looking again only burns time, so a wait learns from the waits before it.
 *
 * ```ts ignore
 * if (attempt()) return;
 * for (spin.begin(); spin.next();) {
 *   if (attempt()) return spin.hit();
 * }
 * spin.park();
 * // sleep in the kernel
 * spin.wake();
 * ```
 */

import { isAloneWaiting, isOnlyActive, noteActive } from "./pending.ts";
import { schedYield } from "./sched.ts";
import { monotonicNow } from "./time.ts";
import { UNCLOCKED } from "./turns.ts";
import type { Turns } from "./turns.ts";
import type { WaitStrategy } from "./wait_strategy.ts";

/** How long a wait may be to be worth looking again, in milliseconds. */
const WORTH = 0.075;
/** The same before a sleep on another thread, which takes two to wake from. */
const WORTH_OFF_THREAD = 0.15;
/**
 * The same where a look is only a load, and where whoever wakes a sleeper has
 * no other call of the system to make: waking is dear for both.
 */
export const WORTH_BY_LOADS = 0.15;
/** How long to look again after yields, in milliseconds. */
const LONGEST_LOOK = 0.06;
/** How many looks after yields there are at most. */
const MOST_YIELDS = 100;
/**
 * How long an event loop may be held up by a nap, which is faster to wake from
 * than a sleep on another thread or in the loop itself, in milliseconds.
 */
export const LONGEST_NAP = 0.3;
/** What a wait counts at most, in milliseconds, to be forgotten in time. */
const LONGEST_WAIT = 0.75;
/** What a wait counts at least after a look in vain: it was too long for it. */
const IN_VAIN = 2 * WORTH;
/**
 * How long a wait may be that ends with the look, in milliseconds. If it is
 * longer than the look itself, the other side had this processor meanwhile,
 * which costs nothing; still longer, and somebody else wants it, too.
 */
const LONGEST_TURN = 1;

/** How long looks in vain before that turn may take, in milliseconds. */
const SOON = 0.015;

/**
 * One wait in so many looks again in any case, in case times have changed; the
 * fewer, the more often that was in vain.
 */
const PROBE_OFTEN = 64;
const PROBE_RARELY = 4096;

/** Looks after a pause: the most, and the fewest, of them. */
const MOST_PAUSES = 64;
/**
 * The same for queues of messages: each look is a call of the system, and the
 * way there and back takes as long as so many of them.
 */
export const PAUSES_FOR_MESSAGES = 8;
/** One wait in so many pauses at length, in case the other side has moved. */
const RETRY = 16;

/**
 * After a long sleep, as those before it were, so many are not measured: one
 * that is takes six times as long, for the caches are cold, and code that is
 * seldom run is not compiled. At first one in seven is, then fewer and fewer
 * while they are long; no number keeps step with bursts of eight.
 */
const UNMEASURED = 6;
const MOST_UNMEASURED = 192;

/** The state of one side's waits on one object. */
export class Spin {
  readonly #adaptive: boolean;
  readonly #worth: number;
  readonly #mostPauses: number;
  readonly #fewestPauses: number;
  /** Of the count of looks left, the bits that are 0 where there is a pause. */
  readonly #rest: number;
  /** Of this wait: how many looks after a pause are left. */
  #pausesLeft = 0;
  /** Of this wait: how many come after a yield, have come, and since when. */
  #limit = 0;
  #yields = 0;
  #yieldsFrom = 0;
  /** Whether the last wait ended soon, from which nothing was learnt yet. */
  #hasHit = false;
  /** When it yielded last, as far as that is known. */
  #lookedAt = 0;
  /** Whether that is known, and how many waits may do without it. */
  #isClocked = false;
  #unclocked = 0;
  /** How many looks after a pause have paid lately. */
  #usualPauses: number;
  #sinceRetry = 0;
  /** The expected length of a wait, in milliseconds. */
  #expected = 0;
  #sinceProbe = 0;
  #probeEvery = PROBE_OFTEN;
  #parkedAt = 0;
  /** How many sleeps to come are not measured, and how many were at first. */
  #unmeasured = 0;
  #stretch = 0;
  /** What this wait counts at least if it sleeps. */
  #shortest = 0;
  readonly #turns: Turns | undefined;

  /**
   * Begins without experience.
   *
   * @param strategy How to wait.
   * @param mostPauses How many looks come after a pause at most: few, if each
   * is a call of the system, which is as long as many pauses.
   * @param worth How long a wait may be to be worth looking again, in
   * milliseconds.
   * @param turns What learns whether to sleep at once all the same.
   */
  constructor(
    strategy: WaitStrategy,
    mostPauses: number = MOST_PAUSES,
    worth: number = WORTH,
    turns?: Turns,
  ) {
    this.#turns = turns;
    this.#worth = worth;
    this.#rest = worth === WORTH_BY_LOADS ? 1 : 0;
    this.#adaptive = strategy === "adaptive";
    this.#mostPauses = this.#usualPauses = mostPauses;
    this.#fewestPauses = Math.floor(mostPauses / 32);
  }

  /** Begins a wait that blocks this thread, after a try that failed. */
  begin(): void {
    this.#begin(this.#worth);
  }

  /**
   * Begins a wait that must not hold up this thread's event loop for long. It
   * looks again only if nothing else waits there.
   *
   * @param isOffThread Whether the sleep is on another thread, or a nap
   * comes before it.
   * @param gives Whether it gives the others their turns ({@linkcode Streak}):
   * then it looks again too if they have been idle while this side was not.
   */
  beginAsync(isOffThread = true, gives = false): void {
    if (isAloneWaiting() || gives && isOnlyActive(this)) {
      this.#begin(isOffThread ? WORTH_OFF_THREAD : this.#worth);
    } else {
      this.#limit =
        this.#pausesLeft =
        this.#yields =
        this.#shortest =
          0;
    }
  }

  /**
   * Lets a moment pass.
   *
   * @returns Whether to look again; if not, it is time to sleep.
   */
  next(): boolean {
    return this.pause() || this.#yield();
  }

  /**
   * Lets a short moment pass, without giving up the processor.
   *
   * @returns Whether to look again; if not, `next` tells.
   */
  pause(): boolean {
    const left = this.#pausesLeft - 1;
    if (left < 0) return false;
    this.#pausesLeft = left;
    if ((left & this.#rest) === 0) Atomics.pause();
    return true;
  }

  /** Gives up the processor, if it is not time to sleep. */
  #yield(): boolean {
    const yields = this.#yields++;
    if (yields >= this.#limit) return false;
    if (yields > 0 || this.#unclocked === 0) {
      if (!this.#hasTime(yields)) return false;
    } else {
      this.#unclocked--;
      this.#isClocked = false;
    }
    schedYield();
    return true;
  }

  /** Whether there is time for another yield. */
  #hasTime(yields: number): boolean {
    // Where others want the processor, one yield takes as long as their turn.
    const now = this.#lookedAt = monotonicNow();
    if (yields > 0 && this.#isClocked) {
      return now - this.#yieldsFrom <= LONGEST_LOOK;
    }
    this.#yieldsFrom = now;
    this.#isClocked = true;
    this.#unclocked = 0;
    return true;
  }

  /** Ends a wait: the look succeeded. */
  hit(): void {
    if (this.#yields > 0) this.#learnFromYields();
    else this.#learnFromPauses();
  }

  /**
   * Ends a wait in which only `pause` was called: the look succeeded. Whoever
   * has found something is in a hurry, so the next wait learns from it.
   */
  hitSoon(): void {
    this.#hasHit = true;
  }

  /** Learns from a look that succeeded without a yield. */
  #learnFromPauses(): void {
    this.#hasHit = false;
    noteActive(this);
    // The other side runs on another core: looking is cheap.
    this.#usualPauses = this.#mostPauses;
    // As `#learnHit` does for no time at all, without the call: this is hot.
    this.#expected = this.#expected > LONGEST_LOOK
      ? 0.5 * LONGEST_LOOK
      : 0.5 * this.#expected;
    this.#probeEvery = PROBE_OFTEN;
    this.#turns?.forget();
  }

  #learnFromYields(): void {
    noteActive(this);
    // Perhaps it shares this core, and pauses only keep it from running.
    if (this.#usualPauses > this.#fewestPauses) this.#usualPauses >>= 1;
    if (!this.#isClocked) return this.#turns?.count();
    const start = this.#yieldsFrom;
    const wait = monotonicNow() - start;
    if (this.#yields === 1) {
      this.#unclocked = UNCLOCKED;
      this.#turns?.measure(start, wait);
    }
    this.#learnHit(wait, this.#lookedAt - start < SOON);
  }

  /**
   * Learns from a look that succeeded. If it did so soon, the next wait is
   * worth one, even if none had been for long: a sleep while the other side
   * has this processor is as long as its turn, and one yield would have done.
   */
  #learnHit(wait: number, isSoon: boolean): void {
    if (isSoon && wait < LONGEST_TURN) {
      this.#expected = Math.min(this.#expected, LONGEST_LOOK);
      this.#learn(Math.min(wait, LONGEST_LOOK), 0.5);
    } else this.#learn(wait, 0.5);
    if (this.#expected < this.#worth) this.#probeEvery = PROBE_OFTEN;
  }

  /**
   * Whether to sleep in this thread for {@linkcode LONGEST_NAP} at most before
   * the sleep on another, although an event loop runs here: the answer is
   * expected within it, and the look was not enough.
   */
  get isNapWorthIt(): boolean {
    return this.#limit > 0 && this.#expected < WORTH_OFF_THREAD;
  }

  /** Whether waits have been short lately, and a sleep is no better. */
  get isLookWorthIt(): boolean {
    return this.#adaptive && this.#expected < this.#worth &&
      !this.isSleepBetter;
  }

  /** Whether to sleep at once: the other side shares this processor. */
  get isSleepBetter(): boolean {
    return this.#turns !== undefined && this.#turns.isSleepBetter;
  }

  /** Counts a wait that may sleep without a word to this, if there is one. */
  sleepsUnmeasured(): boolean {
    if (this.#unmeasured === 0) return false;
    this.#unmeasured--;
    return true;
  }

  /** Begins a wait that sleeps at once. */
  sleep(): void {
    this.#limit = this.#shortest = 0;
    this.park();
  }

  /** Says that the wait goes to sleep. */
  park(): void {
    if (!this.#adaptive) return;
    this.#parkedAt = this.#limit > 0 ? this.#yieldsFrom : monotonicNow();
  }

  /** Says that the sleep is over. */
  wake(): void {
    noteActive(this);
    if (!this.#adaptive) return;
    const wait = monotonicNow() - this.#parkedAt;
    if (this.#turns?.isSleepBetter) {
      this.#unmeasured = this.#turns.sleep(wait);
      return;
    }
    this.#learn(Math.max(wait, this.#shortest), 0.25);
    this.#unmeasured = this.#stretch = this.#stretchAfter(wait);
  }

  #stretchAfter(wait: number): number {
    if (this.#expected < this.#worth) return 0;
    return wait < this.#worth
      ? this.#stretch >> 2
      : Math.min(2 * this.#stretch || UNMEASURED, MOST_UNMEASURED);
  }

  #learn(wait: number, weight: number): void {
    this.#expected += weight * (Math.min(wait, LONGEST_WAIT) - this.#expected);
  }

  #begin(worth: number): void {
    if (this.#hasHit) this.#learnFromPauses();
    this.#limit =
      this.#pausesLeft =
      this.#yields =
      this.#shortest =
        0;
    if (!this.#adaptive) return;
    if (this.#expected >= worth) {
      if (++this.#sinceProbe < this.#probeEvery) return;
      this.#sinceProbe = 0;
      this.#unclocked = 0;
      this.#probeEvery = Math.min(2 * this.#probeEvery, PROBE_RARELY);
    }
    this.#pausesLeft = this.#usualPauses;
    if (this.#pausesLeft < this.#mostPauses && ++this.#sinceRetry === RETRY) {
      this.#sinceRetry = 0;
      this.#pausesLeft = this.#mostPauses;
    }
    this.#limit = MOST_YIELDS;
    // Before a sleep on another thread, a nap may follow the look.
    if (worth === WORTH) this.#shortest = IN_VAIN;
  }
}
