/**
 * Async transfers that wait for their turn on one descriptor, in order.
 */

import { limitWait } from "./limit_wait.ts";
import { beginWait, endWait } from "./pending.ts";

/** One transfer that waits. */
interface Request<T, R> {
  readonly subject: T;
  readonly resolve: (result: R) => void;
  readonly reject: (reason: unknown) => void;
  /** Forgets when to give up, if ever. */
  forget: (() => void) | undefined;
}

/** What a queue needs of its descriptor. */
export interface Transfer<T, R> {
  /** Tries the transfer: its result, or `undefined` if it has to wait. */
  attempt(subject: T): R | undefined;
  /** Calls `serve` of the queue when it is worth another try. */
  arm(): void;
  /** Nothing waits any more. */
  disarm(): void;
}

/** Transfers that wait for one direction of one descriptor. */
export class RequestQueue<T, R> {
  readonly #transfer: Transfer<T, R>;
  readonly #onEnd: (() => void) | undefined;
  readonly #requests: Request<T, R>[] = [];

  /**
   * Makes a queue that nothing waits in.
   *
   * @param transfer How to transfer.
   * @param onEnd Called when a wait has ended, whatever with.
   */
  constructor(transfer: Transfer<T, R>, onEnd?: () => void) {
    this.#transfer = transfer;
    this.#onEnd = onEnd;
  }

  /** Whether nothing waits. */
  get isEmpty(): boolean {
    return this.#requests.length === 0;
  }

  /**
   * Waits for a transfer. It has happened when the promise resolves, and not
   * if it rejects.
   *
   * @param subject What to transfer, or where to put it.
   * @param signal Gives up when it is aborted.
   * @param timeout Gives up after so many milliseconds.
   * @param late Makes the error for that.
   * @returns What the transfer returned.
   */
  wait(
    subject: T,
    signal: AbortSignal | undefined,
    timeout: number,
    late: () => Error,
  ): Promise<R> {
    const { promise, resolve, reject } = Promise.withResolvers<R>();
    const request: Request<T, R> = {
      subject,
      resolve,
      reject,
      forget: undefined,
    };
    if (signal !== undefined || timeout !== Infinity) {
      const giveUp = (reason: unknown) => this.#giveUp(request, reason);
      request.forget = limitWait(signal, timeout, late, giveUp);
    }
    this.#requests.push(request);
    beginWait();
    if (this.#requests.length === 1) this.#arm();
    return promise;
  }

  #end(request: Request<T, R>): void {
    request.forget?.();
    endWait();
    this.#onEnd?.();
  }

  #fail(request: Request<T, R>, reason: unknown): void {
    this.#end(request);
    request.reject(reason);
  }

  /** Tries the transfers that wait, in order. */
  serve(): void {
    while (this.#requests.length > 0) {
      const request = this.#requests[0]!;
      try {
        const result = this.#transfer.attempt(request.subject);
        if (result === undefined) return this.#arm();
        this.#requests.shift();
        this.#end(request);
        request.resolve(result);
      } catch (error) {
        this.#requests.shift();
        this.#fail(request, error);
      }
    }
    this.#transfer.disarm();
  }

  /**
   * Rejects everything that waits.
   *
   * @param closed Makes what each of it rejects with.
   */
  close(closed: () => Error): void {
    if (this.#requests.length === 0) return;
    for (const request of this.#requests.splice(0)) {
      this.#fail(request, closed());
    }
    this.#transfer.disarm();
  }

  #arm(): void {
    try {
      this.#transfer.arm();
    } catch (error) {
      for (const request of this.#requests.splice(0)) {
        this.#fail(request, error);
      }
    }
  }

  #giveUp(request: Request<T, R>, reason: unknown): void {
    this.#requests.splice(this.#requests.indexOf(request), 1);
    this.#fail(request, reason);
    if (this.#requests.length === 0) this.#transfer.disarm();
  }
}
