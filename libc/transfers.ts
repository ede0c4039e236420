/**
 * Transfers over a descriptor that may have to wait: what reading and writing
 * byte streams, and later messages, share. One try, then the adaptive wait,
 * then sleep: in `poll(2)` for a sync transfer, in the queue for an async one.
 */

import { checkTimeout, deadlineAfter, timedOut } from "./deadline.ts";
import { eventLoopTurn, isTurnDue, Streak } from "./event_loop_turn.ts";
import { pollBriefly, POLLIN, pollSync } from "./poll.ts";
import { RequestQueue } from "./request_queue.ts";
import { LONGEST_NAP, Spin } from "./spin.ts";
import { TransferMode } from "./transfer_mode.ts";
import { Turns } from "./turns.ts";
import type { WaitOptions } from "./wait_queue.ts";
import { checkWait } from "./wait_strategy.ts";
import type { WaitStrategy } from "./wait_strategy.ts";
import { Watch } from "./waker.ts";
import type { Waker } from "./waker.ts";

/** How long a sync wait may take. */
export interface SyncWaitOptions {
  /**
   * How long to wait at most, in milliseconds; 0 tries once. Without it, it
   * waits for ever.
   *
   * @default {undefined}
   */
  timeout?: number | undefined;
}

/** Looks after a pause: each is a call of the system, and lasts long enough. */
const MOST_PAUSES = 4;

/** One kind of transfer over one descriptor. */
export interface TransferKind<T, R> {
  /** What it does to what, such as `"read from pipe"`, for messages. */
  readonly action: string;
  /** Refuses what cannot be transferred at all. */
  check(subject: T): void;
  /** Tries the transfer: its result, or `undefined` if it has to wait. */
  attempt(subject: T): R | undefined;
  /** What `poll(2)` waits for. */
  readonly event: number;
  /** Whether there is nothing to transfer, which needs no wait. */
  isNothing?(subject: T): boolean;
  /**
   * What wakes async transfers; without it, the descriptor is watched for the
   * event.
   */
  readonly waker?: Waker;
  /** How many looks come after a pause at most; a few, without it. */
  readonly mostPauses?: number;
  /**
   * Whether a sync wait sleeps at once where the other side shares this
   * processor, and both ask and answer.
   */
  readonly takesTurns?: boolean;
  /**
   * Whether an async wait sleeps on another thread, which takes longer to
   * wake from than the event loop.
   */
  readonly isOffThread?: boolean;
  /**
   * Whether an async wait whose answer is near may sleep in this thread for a
   * moment, which wakes faster than the event loop; on Linux alone.
   */
  readonly naps?: boolean;
  /**
   * Whether each transfer gives this thread something to do, such as a
   * connection to serve, which looking for the next one would hold up: an
   * async wait sleeps at once.
   */
  readonly givesWork?: boolean;
  /**
   * Sleeps until another try is worth it, at most so many milliseconds, where
   * `poll(2)` of the descriptor does not tell.
   */
  sleepSync?(subject: T, milliseconds: number): void;
  /** Says why it has to wait, for messages, if that is known. */
  whyLate?(): string | undefined;
}

/** What transfers need of the owner of a descriptor. */
export interface Descriptor {
  /** The descriptor. */
  readonly fd: number;
  /** Whether its transfers return at once when it comes; they wait, else. */
  readonly isNonblocking?: boolean;
  /** How it is set, if that is one for those of both directions. */
  readonly mode?: TransferMode;
  /** Closes it, if it is the owner's to close. */
  close(): void;
  /**
   * Sets whether its transfers wait by themselves, where each can be told;
   * without it, that is a matter of the descriptor, and takes `fcntl(2)`.
   */
  setBlocking?(on: boolean): void;
}

/** The transfers of one kind over one descriptor. */
export class Transfers<T, R> {
  readonly #descriptor: Descriptor;
  readonly #kind: TransferKind<T, R>;
  readonly #blocks: boolean;
  readonly #spin: Spin;
  readonly #waker: Waker;
  readonly #queue: RequestQueue<T, R>;
  readonly #mode: TransferMode;
  /** Async transfers that did not have to sleep. */
  readonly #streak = new Streak();
  #closed = false;

  /**
   * Takes a descriptor over.
   *
   * @param descriptor The descriptor.
   * @param kind What to do with it.
   * @param wait How to wait.
   */
  constructor(
    descriptor: Descriptor,
    kind: TransferKind<T, R>,
    wait: WaitStrategy,
  ) {
    this.#descriptor = descriptor;
    this.#kind = kind;
    this.#blocks = checkWait(wait) === "block";
    this.#mode = descriptor.mode ??
      new TransferMode(descriptor.isNonblocking === true);
    const turns = kind.takesTurns ? new Turns() : undefined;
    const mostPauses = kind.mostPauses ?? MOST_PAUSES;
    this.#spin = new Spin(wait, mostPauses, undefined, turns);
    const waker = this.#waker = kind.waker ?? this.#watch();
    this.#queue = new RequestQueue({
      attempt: (subject) => kind.attempt(subject),
      arm: () => waker.arm(),
      disarm: () => waker.disarm(),
    }, () => this.#spin.wake());
  }

  #watch(): Watch {
    const interest = this.#kind.event === POLLIN ? "read" : "write";
    return new Watch(this.#descriptor, interest, () => this.serve());
  }

  /** The descriptor, or −1 once it is closed. */
  get fd(): number {
    return this.#closed ? -1 : this.#descriptor.fd;
  }

  /**
   * Whether a sync transfer may be tried without another look at anything: it
   * is open, and does not wait by itself unless it is to. Ask once for each:
   * some of those that wait by themselves are counted.
   */
  goesShortWay(): boolean {
    if (this.#closed) return false;
    return this.#mode.isNonblocking
      ? !this.#blocks || this.#mode.isWatched
      : this.#blocks || this.#spin.sleepsUnmeasured();
  }

  /** The same for an async transfer, which the event loop may wait for. */
  get isReadyAsync(): boolean {
    return this.#mode.isNonblocking && this.#mode.isWatched && !this.#closed &&
      this.#queue.isEmpty;
  }

  /** Tries the transfers that wait, when it is worth another try. */
  serve(): void {
    this.#queue.serve();
  }

  /** Transfers, and blocks the thread while it waits. */
  runSync(
    subject: T,
    options: SyncWaitOptions | undefined,
  ): R {
    const timeout = checkTimeout(options?.timeout);
    const fd = this.#open();
    this.#kind.check(subject);
    // A descriptor that waits by itself needs one call instead of three.
    if (timeout !== Infinity) {
      this.#mode.stopBlocking(this.#descriptor);
    } else if (this.#blocks) {
      if (!this.#mode.isWatched) this.#mode.letBlock(this.#descriptor);
    } else {
      if (this.#waitsByItself()) return this.#runBlocking(fd, subject);
      this.#mode.stopBlocking(this.#descriptor);
    }
    const result = this.#kind.attempt(subject);
    if (result !== undefined) return result;
    if (timeout === 0) throw this.#late(0);
    return this.#runLater(fd, subject, timeout);
  }

  /** Whether a wait is to be in the call: it would not look again before. */
  #waitsByItself(): boolean {
    return !this.#mode.isWatched && !this.#spin.isLookWorthIt;
  }

  /** Transfers with a call that waits by itself: no answer is expected soon. */
  #runBlocking(fd: number, subject: T): R {
    this.#mode.letBlock(this.#descriptor);
    let result: R | undefined;
    this.#spin.sleep();
    try {
      if (this.#sleepsInPoll(subject)) pollSync(fd, POLLIN, Infinity);
      else result = this.#kind.attempt(subject);
    } finally {
      this.#spin.wake();
    }
    if (result === undefined) result = this.#kind.attempt(subject);
    if (result !== undefined) return result;
    // Somebody else, who has the descriptor too, made it return at once.
    return this.#runLater(fd, subject, Infinity);
  }

  /**
   * Whether a wait that is measured sleeps before the call and not in it: to
   * read much takes long, and is no wait. A write does not, for `poll(2)` may
   * want more room than it needs.
   */
  #sleepsInPoll(subject: T): boolean {
    return this.#kind.event === POLLIN && !this.#spin.isSleepBetter &&
      this.#kind.isNothing?.(subject) !== true;
  }

  /**
   * Goes on with a sync transfer that was tried while it was ready, and has
   * to wait.
   */
  waitSync(subject: T): R {
    const fd = this.#open();
    return this.#mode.isNonblocking && this.#waitsByItself()
      ? this.#runBlocking(fd, subject)
      : this.#runLater(fd, subject, Infinity);
  }

  #runLater(
    fd: number,
    subject: T,
    timeout: number,
  ): R {
    const deadline = deadlineAfter(timeout);
    const spin = this.#spin;
    for (spin.begin(); spin.next();) {
      const result = this.#kind.attempt(subject);
      if (result !== undefined) {
        spin.hit();
        return result;
      }
    }
    spin.park();
    try {
      for (;;) {
        const left = deadline === Infinity
          ? Infinity
          : deadline - performance.now();
        if (left <= 0) throw this.#late(timeout);
        if (this.#kind.sleepSync === undefined) {
          pollSync(fd, this.#kind.event, left);
        } else this.#kind.sleepSync(subject, left);
        const result = this.#kind.attempt(subject);
        if (result !== undefined) return result;
      }
    } finally {
      spin.wake();
    }
  }

  /** Transfers, and lets the event loop run while it waits. */
  run(subject: T, options: WaitOptions | undefined): Promise<R> {
    // No async function: most often there is nothing to wait for, and then it
    // would take longer than the transfer.
    try {
      options?.signal?.throwIfAborted();
      const timeout = checkTimeout(options?.timeout);
      this.#open();
      this.#kind.check(subject);
      this.#mode.isWatched = true;
      this.#mode.stopBlocking(this.#descriptor);
      const result = this.#queue.isEmpty
        ? this.#kind.attempt(subject)
        : undefined;
      if (result !== undefined) return this.done(result);
      if (timeout === 0) throw this.#late(0);
      return this.wait(subject, options?.signal, timeout);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** The promise of an async transfer that needed no sleep. */
  done(result: R, hasLooked = false, hasNapped = false): Promise<R> {
    if (!this.#streak.hasGrown(hasLooked, hasNapped)) {
      return Promise.resolve(result);
    }
    if (this.#streak.isRound) this.#waker.rest?.();
    // What is awaited and is there already gives nobody else a turn.
    return isTurnDue()
      ? eventLoopTurn().then(() => result)
      : Promise.resolve(result);
  }

  /**
   * Goes on with an async transfer that was tried while it was ready, and has
   * to wait.
   */
  wait(
    subject: T,
    signal?: AbortSignal,
    timeout: number = Infinity,
  ): Promise<R> {
    const spin = this.#spin;
    if (this.#queue.isEmpty && this.#kind.givesWork !== true) {
      const { isOffThread = false, naps = false } = this.#kind;
      for (spin.beginAsync(isOffThread || naps, true); spin.next();) {
        const result = this.#kind.attempt(subject);
        if (result !== undefined) {
          spin.hit();
          return this.done(result, true);
        }
      }
      if (naps && spin.isNapWorthIt) {
        const result = this.#nap(subject, timeout);
        if (result !== undefined) return this.done(result, true, true);
      }
    }
    spin.park();
    const late = () => this.#late(timeout);
    return this.#queue.wait(subject, signal, timeout, late);
  }

  /** Sleeps in this thread, for as long as an event loop can do without. */
  #nap(subject: T, timeout: number): R | undefined {
    const milliseconds = Math.min(LONGEST_NAP, timeout);
    this.#spin.park();
    pollBriefly(this.#descriptor.fd, this.#kind.event, milliseconds);
    const result = this.#kind.attempt(subject);
    if (result !== undefined) this.#spin.wake();
    return result;
  }

  /** Transfers what can be transferred now. */
  runNow(subject: T): R | undefined {
    this.#open();
    this.#kind.check(subject);
    this.#mode.stopBlocking(this.#descriptor);
    return this.#queue.isEmpty ? this.#kind.attempt(subject) : undefined;
  }

  /** Says that somebody made the descriptor wait by itself. */
  forgetMode(): void {
    this.#mode.isNonblocking = false;
  }

  /** The descriptor, which has to be open. */
  get openFd(): number {
    return this.#open();
  }

  /** Closes the descriptor, and rejects what waits. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#queue.close(() => this.#closedError());
    this.#waker.close();
    this.#descriptor.close();
  }

  #open(): number {
    if (this.#closed) throw this.#closedError();
    return this.#descriptor.fd;
  }

  #closedError(): Error {
    return new Deno.errors.BadResource(
      `Cannot ${this.#kind.action}: it is closed`,
    );
  }

  #late(timeout: number): Error {
    const { action, whyLate } = this.#kind;
    return timedOut(action, timeout, whyLate?.());
  }
}
