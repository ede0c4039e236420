/** When to give up what takes several steps. */

import { checkTimeout, deadlineAfter, nap, timedOut } from "@ipc/libc";
import type { WaitOptions } from "@ipc/libc";

/** A time limit and a signal, over several steps. */
export class GiveUp {
  /** Never gives up. */
  static readonly never: GiveUp = new GiveUp({}, "wait");

  readonly #signal: AbortSignal | undefined;
  readonly #timeout: number;
  readonly #deadline: number;
  readonly #action: string;
  /** Whether it never gives up. */
  readonly isNever: boolean;

  /**
   * Begins to count.
   *
   * @param options When to give up.
   * @param action What is given up, after "Cannot".
   * @throws {unknown} The signal's reason, if it is aborted already.
   */
  constructor(options: WaitOptions, action: string) {
    options.signal?.throwIfAborted();
    this.#signal = options.signal;
    this.#timeout = checkTimeout(options.timeout);
    this.#deadline = deadlineAfter(this.#timeout);
    this.#action = action;
    this.isNever = this.#signal === undefined && this.#timeout === Infinity;
  }

  /** Whether the signal is aborted, or the time is over. */
  get isDue(): boolean {
    return this.#signal?.aborted === true || this.#left() <= 0;
  }

  /**
   * What to throw when one step failed.
   *
   * @param error What the step threw.
   * @returns The reason for which it all is given up, if that is why.
   */
  explain(error: unknown): unknown {
    // A timer may be early by less than a millisecond.
    return error instanceof Deno.errors.TimedOut && this.#left() < 1
      ? this.reason
      : error;
  }

  /** The same for one step that can be given up by itself. */
  get options(): WaitOptions {
    return {
      signal: this.#signal,
      ...this.#timeout !== Infinity && { timeout: Math.max(0, this.#left()) },
    };
  }

  /** Throws what it gives up with, if it is to. */
  throwIfDue(): void {
    if (this.isDue) throw this.reason;
  }

  /** What it gives up with: the reason of the signal, or that it is late. */
  get reason(): unknown {
    return this.#signal?.aborted
      ? this.#signal.reason
      : timedOut(this.#action, this.#timeout);
  }

  /**
   * Waits for a step that cannot be given up by itself.
   *
   * @param step The step, which goes on if it is given up.
   * @returns What it resolved to.
   */
  async race<T>(step: Promise<T>): Promise<T> {
    if (this.isNever) return await step;
    const { promise, reject } = Promise.withResolvers<never>();
    const giveUp = () => reject(this.reason);
    this.#signal?.addEventListener("abort", giveUp, { once: true });
    const timer = this.#startTimer(giveUp);
    try {
      return await Promise.race([step, promise]);
    } finally {
      clearTimeout(timer);
      this.#signal?.removeEventListener("abort", giveUp);
    }
  }

  /**
   * Runs a step that a signal can abort.
   *
   * @param run The step, with the signal.
   * @returns What it resolved to.
   */
  async abortable<T>(run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const abort = new AbortController();
    const giveUp = () => abort.abort(this.reason);
    this.#signal?.addEventListener("abort", giveUp, { once: true });
    const timer = this.#startTimer(giveUp);
    try {
      return await run(abort.signal);
    } finally {
      clearTimeout(timer);
      this.#signal?.removeEventListener("abort", giveUp);
    }
  }

  /**
   * Lets time pass.
   *
   * @param milliseconds How long, unless it is to be given up before.
   */
  async pause(milliseconds: number): Promise<void> {
    this.throwIfDue();
    await nap(Math.min(milliseconds, this.#left()), this.#signal);
  }

  #startTimer(giveUp: () => void): ReturnType<typeof setTimeout> | undefined {
    return this.#deadline === Infinity
      ? undefined
      : setTimeout(giveUp, Math.max(0, this.#left()));
  }

  #left(): number {
    return this.#deadline === Infinity
      ? Infinity
      : this.#deadline - performance.now();
  }
}
