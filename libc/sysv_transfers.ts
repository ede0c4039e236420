/**
 * System V calls that may have to wait: one try, then the adaptive wait, then
 * sleep. A sync one sleeps in the call itself; where that has no timeout, an
 * alarm interrupts it. An async one sleeps in a call on another thread, which
 * is interrupted as well; see `sleep_queue.ts`.
 */

import { Alarm } from "./alarm.ts";
import { deadlineAfter, timedOut } from "./deadline.ts";
import { eventLoopTurn, Streak } from "./event_loop_turn.ts";
import { schedYield, sleepSync } from "./sched.ts";
import { type Sleepable, SleepQueue } from "./sleep_queue.ts";
import { LONGEST_NAP, PAUSES_FOR_MESSAGES, Spin } from "./spin.ts";
import { monotonicNow } from "./time.ts";
import { Turns } from "./turns.ts";
import { checkWait } from "./wait_strategy.ts";
import type { WaitStrategy } from "./wait_strategy.ts";

/** What waits: one direction of a queue, or a set of semaphores. */
export interface SysvTransfer<T, R> extends Sleepable<T, R> {
  /** What it does to what, for messages; or to do anything, without one. */
  describe(subject: T | undefined): string;
  /** Does it in a call that blocks; `undefined` if that was interrupted. */
  block(subject: T): R | undefined;
  /**
   * Does it in a call that blocks for so many milliseconds at most, if there
   * is such a call.
   */
  readonly blockFor?:
    | ((subject: T, milliseconds: number) => R | undefined)
    | undefined;
  /**
   * Whether a sync wait sleeps at once where the other side shares this
   * processor, and both ask and answer.
   */
  readonly takesTurns?: boolean;
  /** Says why it has to wait, for messages, if that is known. */
  whyLate?(subject: T): string | undefined;
  /** Refuses what would wait for ever. */
  refuse(subject: T): void;
  /** Which waits are served in one order. */
  lane(subject: T): string;
  /** What is kept of a subject while it waits in the event loop. */
  keep(subject: T): T;
}

/** The shortest and longest naps between two looks, in milliseconds. */
const SHORTEST_PAUSE = 0.05;
const LONGEST_PAUSE = 5;
/** The longest turn of the other side, in milliseconds. */
const LONGEST_TURN = 1;
/** How many waits do not give a turn after one that did in vain. */
const SKIPPED_TURNS = 64;

/** The transfers of one direction of one queue, or the waits of one set. */
export class SysvTransfers<T, R> {
  readonly #transfer: SysvTransfer<T, R>;
  /** Whether it sleeps without a look. */
  readonly blocks: boolean;
  readonly #spin: Spin;
  readonly #lanes = new Map<string, SleepQueue<T, R>>();
  /** Async transfers that did not have to sleep, if they give turns. */
  readonly #streak: Streak | undefined;
  #turnsToSkip: number;
  #isClosed = false;

  /**
   * Begins without experience, and nothing waits.
   *
   * @param transfer What to do.
   * @param wait How to wait.
   * @param givesTurns Whether async transfers give others a turn now and then
   * when they have happened; not if others could then want them back.
   */
  constructor(
    transfer: SysvTransfer<T, R>,
    wait: WaitStrategy,
    givesTurns = true,
  ) {
    this.#streak = givesTurns ? new Streak() : undefined;
    this.#transfer = transfer;
    this.blocks = checkWait(wait) === "block";
    const turns = transfer.takesTurns ? new Turns() : undefined;
    this.#spin = new Spin(wait, PAUSES_FOR_MESSAGES, undefined, turns);
    this.#turnsToSkip = this.blocks ? Infinity : 0;
  }

  /**
   * Whether a sync transfer without a timeout is to sleep in its first call.
   * Ask once for each: some of those that do are counted.
   */
  sleepsAtOnce(): boolean {
    return this.blocks || this.#spin.sleepsUnmeasured();
  }

  /**
   * Goes on with a transfer that has to wait, and blocks the thread. The first
   * try is up to the caller, who knows the kind of transfer: that call is
   * faster than one through this class.
   */
  runLater(subject: T, timeout: number): R {
    const transfer = this.#transfer;
    const deadline = deadlineAfter(timeout);
    const spin = this.#spin;
    const sleeps = timeout === Infinity && spin.isSleepBetter;
    if (sleeps) spin.sleep();
    else if (timeout > 0) {
      for (spin.begin(); spin.next();) {
        const result = transfer.attempt(subject);
        if (result !== undefined) {
          spin.hit();
          return result;
        }
      }
    }
    transfer.refuse(subject);
    if (timeout === 0) throw this.#late(subject, 0);
    if (!sleeps) spin.park();
    try {
      const result = sleeps ? undefined : this.#giveTurn(subject);
      if (result !== undefined) return result;
      return timeout === Infinity
        ? this.#block(subject)
        : this.#blockUntil(subject, deadline, timeout);
    } finally {
      spin.wake();
    }
  }

  /**
   * Gives the processor away once. If the other side shares it, it fills or
   * empties the queue meanwhile; while this side sleeps, each message would
   * wake it instead. Where that is in vain, or somebody else takes long turns,
   * it is not done for a while.
   */
  #giveTurn(subject: T): R | undefined {
    if (this.#turnsToSkip > 0) {
      this.#turnsToSkip--;
      return undefined;
    }
    const start = monotonicNow();
    schedYield();
    const result = this.#transfer.attempt(subject);
    if (result === undefined || monotonicNow() - start > LONGEST_TURN) {
      this.#turnsToSkip = SKIPPED_TURNS;
    }
    return result;
  }

  #block(subject: T): R {
    for (;;) {
      const result = this.#transfer.block(subject);
      if (result !== undefined) return result;
    }
  }

  #blockUntil(subject: T, deadline: number, timeout: number): R {
    if (this.#transfer.blockFor !== undefined) {
      return this.#blockInTurns(subject, deadline, timeout);
    }
    using alarm = Alarm.set(deadline - performance.now());
    for (let nap = SHORTEST_PAUSE;;) {
      const left = deadline - performance.now();
      if (left <= 0) throw this.#late(subject, timeout);
      if (alarm === undefined) {
        sleepSync(Math.min(nap, left));
        nap = Math.min(2 * nap, LONGEST_PAUSE);
      }
      const result = alarm === undefined
        ? this.#transfer.attempt(subject)
        : this.#transfer.block(subject);
      if (result !== undefined) return result;
    }
  }

  /** A call with a timeout may be interrupted by somebody else's signal. */
  #blockInTurns(subject: T, deadline: number, timeout: number): R {
    for (;;) {
      const left = deadline - performance.now();
      if (left <= 0) throw this.#late(subject, timeout);
      const result = this.#transfer.blockFor!(subject, left);
      if (result !== undefined) return result;
    }
  }

  /**
   * The promise of an async transfer that needed no wait. What is awaited and
   * is there already gives nobody else a turn, so now and then it takes one.
   */
  done(result: R, hasNapped = false): Promise<R> {
    return this.#streak?.isOver(false, hasNapped)
      ? eventLoopTurn().then(() => result)
      : Promise.resolve(result);
  }

  /**
   * Goes on with an async transfer that has to wait; the first try is up to
   * the caller here, too.
   */
  async wait(
    subject: T,
    signal: AbortSignal | undefined,
    timeout: number,
  ): Promise<R> {
    if (timeout > 0 && this.isFree(subject)) {
      const seen = this.#look(subject);
      if (seen !== undefined) return this.done(seen);
      const result = this.#spin.isNapWorthIt
        ? this.#nap(subject, timeout)
        : undefined;
      if (result !== undefined) return this.done(result, true);
    }
    this.#transfer.refuse(subject);
    if (timeout === 0) throw this.#late(subject, 0);
    this.#spin.park();
    try {
      return await this.#laneOf(subject).wait(
        this.#transfer.keep(subject),
        signal,
        timeout,
        () => this.#late(subject, timeout),
      );
    } finally {
      this.#spin.wake();
    }
  }

  /** Tries it again for a moment. */
  #look(subject: T): R | undefined {
    const transfer = this.#transfer;
    const spin = this.#spin;
    for (spin.beginAsync(); spin.next();) {
      const result = transfer.attempt(subject);
      if (result !== undefined) {
        spin.hit();
        return result;
      }
    }
    return undefined;
  }

  /** Sleeps in this thread, for as long as an event loop can do without. */
  #nap(subject: T, timeout: number): R | undefined {
    const milliseconds = Math.min(LONGEST_NAP, timeout);
    const { blockFor } = this.#transfer;
    using alarm = blockFor ? undefined : Alarm.set(milliseconds);
    if (blockFor === undefined && alarm === undefined) return undefined;
    this.#spin.park();
    const result = blockFor === undefined
      ? this.#transfer.block(subject)
      : blockFor.call(this.#transfer, subject, milliseconds);
    if (result !== undefined) this.#spin.wake();
    return result;
  }

  /** Rejects what waits. */
  close(): void {
    this.#isClosed = true;
    for (const lane of this.#lanes.values()) {
      lane.close(() => this.#closedError());
    }
  }

  /** Whether nothing waits at all. */
  get isIdle(): boolean {
    return this.#lanes.size === 0;
  }

  /** Whether nothing waits for the same. */
  isFree(subject: T): boolean {
    return this.#lanes.size === 0 ||
      (this.#lanes.get(this.#transfer.lane(subject))?.isEmpty ?? true);
  }

  #laneOf(subject: T): SleepQueue<T, R> {
    const name = this.#transfer.lane(subject);
    let lane = this.#lanes.get(name);
    if (lane === undefined) {
      lane = new SleepQueue<T, R>(this.#transfer, () => {
        this.#lanes.delete(name);
      });
      this.#lanes.set(name, lane);
    }
    return lane;
  }

  /** Refuses to go on if it is closed. */
  checkOpen(): void {
    if (this.#isClosed) throw this.#closedError();
  }

  #closedError(): Error {
    return new Deno.errors.BadResource(
      `Cannot ${this.#transfer.describe(undefined)}: it is closed`,
    );
  }

  #late(subject: T, timeout: number): Error {
    const action = this.#transfer.describe(subject);
    return timedOut(action, timeout, this.#transfer.whyLate?.(subject));
  }
}
