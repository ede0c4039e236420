/**
 * Async waits for what has no descriptor, and whose blocking calls have no
 * timeout: another thread makes the blocking call for the head of the queue,
 * and is interrupted when that gives up.
 *
 * A wait that is given up while the call runs settles once it has returned:
 * with what it has done, if it was done by then, and else with the reason. So
 * nothing is lost, and nothing is done for a wait that has rejected. Where no
 * thread can be interrupted, or too many sleep already, the queue looks again
 * by a timer instead, at most every {@linkcode LONGEST_PAUSE} milliseconds.
 */

import { limitWait } from "./limit_wait.ts";
import type { OffThreadCall } from "./off_thread.ts";
import { beginWait, endWait } from "./pending.ts";

/** What can be waited for. */
export interface Sleepable<T, R> {
  /** Tries it: its result, or `undefined` if it has to wait. */
  attempt(subject: T): R | undefined;
  /** Makes the call that blocks, elsewhere, if there is a thread for it. */
  sleep(subject: T): OffThreadCall | undefined;
  /** What a call has done that did not fail. */
  outcome(subject: T, call: OffThreadCall): R;
}

/** The longest and shortest times between two looks, in milliseconds. */
export const LONGEST_PAUSE = 30;
const SHORTEST_PAUSE = 1;

const pauses = new Map<number, Promise<void>>();

/** Pauses; those who pause equally long at a time share one timer. */
function pause(milliseconds: number): Promise<void> {
  let promise = pauses.get(milliseconds);
  if (promise === undefined) {
    promise = new Promise((resolve) => {
      setTimeout(() => {
        pauses.delete(milliseconds);
        resolve();
      }, milliseconds);
    });
    pauses.set(milliseconds, promise);
  }
  return promise;
}

/** One wait. */
interface Waiter<T, R> {
  readonly subject: T;
  readonly resolve: (result: R) => void;
  readonly reject: (reason: unknown) => void;
  /** Why it gives up, if it does. */
  reason?: { readonly value: unknown };
}

/** The async waits for one thing. */
export class SleepQueue<T, R> {
  readonly #source: Sleepable<T, R>;
  readonly #onEmpty: () => void;
  readonly #waiting: Waiter<T, R>[] = [];
  /** The call that blocks, and the wait that it is made for. */
  #call: OffThreadCall | undefined;
  #served: Waiter<T, R> | undefined;
  #isRunning = false;

  /**
   * Makes a queue that nothing waits in.
   *
   * @param source What to wait for.
   * @param onEmpty Called when nothing waits any more, or sleeps.
   */
  constructor(source: Sleepable<T, R>, onEmpty: () => void) {
    this.#source = source;
    this.#onEmpty = onEmpty;
  }

  /** Whether nothing waits. */
  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /**
   * Waits in the queue. What is waited for has been done when the promise
   * resolves, and not if it rejects.
   *
   * @param subject What to do.
   * @param signal Gives up when it is aborted.
   * @param timeout Gives up after so many milliseconds.
   * @param late Makes the error for that.
   * @returns What it came to.
   */
  wait(
    subject: T,
    signal: AbortSignal | undefined,
    timeout: number,
    late: () => Error,
  ): Promise<R> {
    const { promise, resolve, reject } = Promise.withResolvers<R>();
    const giveUp = (reason: unknown) => this.#giveUp(waiter, reason);
    const forget = limitWait(signal, timeout, late, giveUp);
    const end = () => {
      forget();
      endWait();
    };
    const waiter: Waiter<T, R> = {
      subject,
      resolve: (result) => (end(), resolve(result)),
      reject: (reason) => (end(), reject(reason)),
    };
    this.#waiting.push(waiter);
    beginWait();
    if (!this.#isRunning) this.#run();
    return promise;
  }

  /**
   * Gives up every wait.
   *
   * @param closed Makes what each of them rejects with.
   */
  close(closed: () => Error): void {
    for (const waiter of [...this.#waiting]) this.#giveUp(waiter, closed());
  }

  #giveUp(waiter: Waiter<T, R>, reason: unknown): void {
    const index = this.#waiting.indexOf(waiter);
    if (index === -1) return;
    this.#waiting.splice(index, 1);
    if (waiter !== this.#served) return waiter.reject(reason);
    waiter.reason = { value: reason };
    this.#call!.interrupt();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    let milliseconds = SHORTEST_PAUSE;
    while (this.#waiting.length > 0) {
      const waiter = this.#waiting[0]!;
      const call = this.#source.sleep(waiter.subject);
      if (call === undefined) {
        await pause(milliseconds);
        milliseconds = Math.min(2 * milliseconds, LONGEST_PAUSE);
      } else {
        this.#call = call;
        this.#served = waiter;
        const result = await call.result;
        this.#served = this.#call = undefined;
        this.#return(waiter, call, result);
      }
      if (this.#serve()) milliseconds = SHORTEST_PAUSE;
    }
    this.#isRunning = false;
    this.#onEmpty();
  }

  /** Settles the wait that a call was made for, if the call settles it. */
  #return(waiter: Waiter<T, R>, call: OffThreadCall, result: number): void {
    if (result >= 0) {
      if (waiter.reason === undefined) this.#waiting.shift();
      waiter.resolve(this.#source.outcome(waiter.subject, call));
    } else if (waiter.reason !== undefined) {
      waiter.reject(waiter.reason.value);
    }
  }

  /** Tries for those that wait, in order; returns whether any was settled. */
  #serve(): boolean {
    let isAnySettled = false;
    for (; this.#waiting.length > 0; isAnySettled = true) {
      const waiter = this.#waiting[0]!;
      try {
        const result = this.#source.attempt(waiter.subject);
        if (result === undefined) break;
        this.#waiting.shift();
        waiter.resolve(result);
      } catch (error) {
        this.#waiting.shift();
        waiter.reject(error);
      }
    }
    return isAnySettled;
  }
}
