/**
 * Async waits for what has no descriptor: another thread sleeps for the head
 * of the queue, for a moment at a time.
 *
 * Only the sleeper takes while waits are pending, so that they are served in
 * order, with one thread for all of them. A wait that is given up settles
 * when nothing is asleep on its behalf any more, so that it has taken nothing
 * when it settles and takes nothing later.
 */

import { deadlineAfter } from "./deadline.ts";
import { limitWait } from "./limit_wait.ts";
import { beginWait, endWait } from "./pending.ts";

/** What can be waited for. */
export interface Waitable {
  /** Takes it if it is there. */
  tryTake(): boolean;
  /**
   * Waits elsewhere, without blocking this thread, for at most so many
   * milliseconds, and takes it.
   */
  park(milliseconds: number): Promise<boolean>;
  /** Gives back what was taken for nobody. */
  giveBack(): void;
  /** Nothing waits any more, and nothing is asleep. */
  idle?(): void;
}

/** How to wait. */
export interface WaitOptions {
  /**
   * Gives up the wait when it is aborted.
   *
   * @default {undefined}
   */
  signal?: AbortSignal | undefined;
  /**
   * How long to wait at most, in milliseconds; 0 tries once.
   *
   * @default {undefined}
   */
  timeout?: number | undefined;
}

/**
 * The longest sleep, in milliseconds: how long a wait that is given up may
 * take to settle, and how long an abandoned one keeps the process alive.
 */
const SLICE = 30;

class Waiter {
  readonly promise: Promise<void>;
  readonly #settlers: { resolve: () => void; reject: (e: unknown) => void };
  readonly deadline: number;
  /** Stops listening for reasons to leave. */
  readonly stop: () => void;
  reason: unknown;

  constructor(
    leave: (waiter: Waiter, reason: unknown) => void,
    signal: AbortSignal | undefined,
    timeout: number,
    late: () => Error,
  ) {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.promise = promise;
    this.deadline = deadlineAfter(timeout);
    this.#settlers = { resolve, reject };
    const giveUp = (reason: unknown) => leave(this, reason);
    this.stop = limitWait(signal, timeout, late, giveUp);
    beginWait();
  }

  resolve(): void {
    this.stop();
    endWait();
    this.#settlers.resolve();
  }

  reject(): void {
    this.stop();
    endWait();
    this.#settlers.reject(this.reason);
  }
}

/** The async waits for one object. */
export class WaitQueue {
  readonly #source: Waitable;
  readonly #waiting: Waiter[] = [];
  readonly #leaving: Waiter[] = [];
  #asleep = false;
  #whenIdle: (() => void) | undefined;

  /**
   * Makes a queue that nothing waits in.
   *
   * @param source What to wait for.
   */
  constructor(source: Waitable) {
    this.#source = source;
  }

  /** Whether anything waits. */
  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /**
   * Waits in the queue.
   *
   * @param signal Gives up when it is aborted.
   * @param timeout Gives up after so many milliseconds.
   * @param late Makes the error for that.
   */
  wait(
    signal: AbortSignal | undefined,
    timeout: number,
    late: () => Error,
  ): Promise<void> {
    const leave = (waiter: Waiter, reason: unknown) =>
      this.#leave(waiter, reason);
    const waiter = new Waiter(leave, signal, timeout, late);
    this.#waiting.push(waiter);
    if (!this.#asleep) this.#run();
    return waiter.promise;
  }

  /**
   * Serves the first wait with what the caller has taken.
   *
   * @returns Whether there was one.
   */
  serve(): boolean {
    const next = this.#waiting.shift();
    next?.resolve();
    return next !== undefined;
  }

  /**
   * Gives up every wait.
   *
   * @param closed Makes what each of them rejects with.
   * @param whenIdle Called once nothing is asleep any more.
   */
  close(closed: () => Error, whenIdle: () => void): void {
    for (const waiter of [...this.#waiting]) this.#leave(waiter, closed());
    if (this.#asleep) this.#whenIdle = whenIdle;
    else whenIdle();
  }

  #leave(waiter: Waiter, reason: unknown): void {
    waiter.stop();
    waiter.reason = reason;
    this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
    // The sleeper serves those that stay; only the last to go waits for it.
    if (this.#waiting.length > 0) waiter.reject();
    else this.#leaving.push(waiter);
  }

  async #run(): Promise<void> {
    this.#asleep = true;
    try {
      while (this.#waiting.length > 0) {
        if (await this.#source.park(this.#slice())) {
          const next = this.#waiting.shift();
          if (next === undefined) this.#source.giveBack();
          else next.resolve();
        }
        this.#dismiss();
        while (this.#waiting.length > 0 && this.#source.tryTake()) {
          this.#waiting.shift()!.resolve();
        }
      }
    } catch (error) {
      this.#dismiss();
      for (const waiter of this.#waiting.splice(0)) {
        waiter.reason = error;
        waiter.reject();
      }
    } finally {
      this.#asleep = false;
      this.#source.idle?.();
      this.#whenIdle?.();
    }
  }

  /**
   * How long to sleep: until the next wait is over, if that comes sooner. It
   * is never no time at all, which timers would not get a turn in.
   */
  #slice(): number {
    const now = performance.now();
    return this.#waiting.reduce(
      (slice, { deadline }) => Math.max(1, Math.min(slice, deadline - now)),
      SLICE,
    );
  }

  /** Settles those that left while nothing but they was waited for. */
  #dismiss(): void {
    for (const waiter of this.#leaving.splice(0)) waiter.reject();
  }
}
