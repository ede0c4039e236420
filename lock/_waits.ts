/**
 * Waiting for what is in a word of shared memory: the one adaptive wait, then
 * a sleep on the word, in slices, with a look at who owns it in between.
 */

import {
  deadlineAfter,
  LONGEST_NAP,
  Spin,
  TurnsBefore,
  WaitQueue,
} from "@ipc/libc";
import type { WaitStrategy } from "@ipc/libc";
import type { Handle } from "./_handle.ts";

/** What can be waited for. */
export interface Source {
  /** Takes it if it is free; does not ask whether its owner lives. */
  look(): boolean;
  /**
   * Takes it if it is free, or its owner is dead.
   *
   * @param isAwake Whether this comes after a sleep.
   */
  attempt(isAwake: boolean): boolean;
  /** Sleeps until it is worth another attempt. */
  sleep(milliseconds: number): void;
  /** Does the same on another thread. */
  sleepAsync(milliseconds: number): Promise<void>;
  /** Gives back what was taken for nobody. */
  giveBack(): void;
  /** Says that a wait that blocked the thread is given up. */
  leave(): void;
  /** Says that no async wait is pending any more. */
  idle(): void;
  /** Whether this thread owns it, so that blocking the thread helps nobody. */
  readonly isOwnedHere: boolean;
}

/** The waits for one thing, of one thread. */
export class Waits {
  readonly #source: Source;
  readonly #handle: Handle;
  readonly #spin: Spin;
  readonly #queue: WaitQueue;
  readonly #turns = new TurnsBefore();

  /**
   * Begins without any.
   *
   * @param source What to wait for.
   * @param strategy How.
   * @param handle Knows whether it is closed.
   */
  constructor(source: Source, strategy: WaitStrategy, handle: Handle) {
    this.#source = source;
    this.#handle = handle;
    this.#spin = new Spin(strategy);
    this.#queue = new WaitQueue({
      tryTake: () => source.attempt(false),
      park: async (milliseconds) => {
        handle.check();
        await source.sleepAsync(milliseconds);
        handle.check();
        return !this.isEmpty && source.attempt(true);
      },
      giveBack: () => source.giveBack(),
      idle: () => {
        if (!handle.isGone) source.idle();
      },
    });
  }

  /** Whether no async wait is pending. */
  get isEmpty(): boolean {
    return this.#queue.isEmpty;
  }

  /** Counts one more async wait: whether others have their turn before it. */
  isTurnDue(): boolean {
    return this.#turns.isDue();
  }

  /** Gives others their turn, before anything is tried. */
  async giveTurn(signal: AbortSignal | undefined): Promise<void> {
    await this.#turns.give(signal);
    this.#handle.check();
  }

  /**
   * Hands what is taken to the first async wait.
   *
   * @returns Whether there was one.
   */
  serve(): boolean {
    return this.#queue.serve();
  }

  /**
   * Takes it after a try that failed, and blocks the thread.
   *
   * @param timeout How long to wait at most, in milliseconds.
   * @param late Makes the error for that.
   */
  takeSync(timeout: number, late: () => Error): void {
    if (timeout === 0) throw late();
    const deadline = deadlineAfter(timeout);
    const source = this.#source;
    const spin = this.#spin;
    for (spin.begin(); spin.next();) {
      if (source.look()) return spin.hit();
    }
    spin.park();
    try {
      for (let isAwake = false; !source.attempt(isAwake); isAwake = true) {
        const left = deadline - performance.now();
        if (left <= 0) {
          source.leave();
          throw late();
        }
        source.sleep(left);
        this.#handle.check();
      }
    } finally {
      spin.wake();
    }
  }

  /**
   * Takes it after a try that failed, and does not block the thread.
   *
   * @param signal Gives up when it is aborted.
   * @param timeout How long to wait at most, in milliseconds.
   * @param late Makes the error for that.
   */
  async take(
    signal: AbortSignal | undefined,
    timeout: number,
    late: () => Error,
  ): Promise<void> {
    if (timeout === 0) throw late();
    const spin = this.#spin;
    const isAlone = this.#queue.isEmpty && !this.#source.isOwnedHere;
    if (isAlone && this.#look(timeout)) return;
    spin.park();
    try {
      await this.#queue.wait(signal, timeout, late);
    } finally {
      spin.wake();
    }
  }

  /**
   * Gives up every async wait.
   *
   * @param closed Makes what each of them rejects with.
   * @param whenIdle Called once nothing is asleep any more.
   */
  close(closed: () => Error, whenIdle: () => void): void {
    this.#queue.close(closed, whenIdle);
  }

  /** Looks again for as long as an event loop can do without. */
  #look(timeout: number): boolean {
    const source = this.#source;
    const spin = this.#spin;
    for (spin.beginAsync(); spin.next();) {
      if (source.look()) {
        spin.hit();
        return true;
      }
    }
    if (!spin.isNapWorthIt) return false;
    source.sleep(Math.min(LONGEST_NAP, timeout));
    return source.attempt(true);
  }
}
