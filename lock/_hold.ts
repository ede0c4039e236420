/** What a mutex does; the class that people see has the words for it. */

import { timedOut } from "@ipc/libc";
import type { WaitStrategy } from "@ipc/libc";
import { deadlock, notHeld } from "./_errors.ts";
import { Handle } from "./_handle.ts";
import type { Named } from "./_handle.ts";
import { OwnerWord } from "./_owner_word.ts";
import type { Place } from "./_place.ts";
import { STATE } from "./_place.ts";
import { Waits } from "./_waits.ts";
import { holdAnew, MutexLock } from "./mutex_lock.ts";

/**
 * How many tasks of one thread may have it in turn, while perhaps another
 * thread waits: to pass it on within a thread is a hundred times as fast.
 */
const MOST_PASSES = 16;

/** A mutex. */
export class Hold {
  readonly handle: Handle;
  readonly #word: OwnerWord;
  readonly #waits: Waits;
  /**
   * Which of the locks that were given out is held, or 0. A number costs less
   * than the lock itself, which would make work for the garbage collector.
   */
  #turn = 0;
  #turns = 0;
  /** How many async waits are pending, and how often it was passed on. */
  #pending = 0;
  #passes = 0;

  /**
   * Takes part in a mutex.
   *
   * @param place Where it is.
   * @param named The object that is its own, if there is one.
   * @param wait How to wait.
   */
  constructor(
    { words, what }: Place,
    named: Named | undefined,
    wait: WaitStrategy,
  ) {
    const handle = this.handle = new Handle(words, what, named);
    const word = this.#word = new OwnerWord(words, STATE);
    this.#waits = new Waits(word, wait, handle);
  }

  /** Whether it is held here. */
  get isHeld(): boolean {
    return this.#turn !== 0;
  }

  /** Takes it if it is free. */
  tryAcquire(): MutexLock | undefined {
    this.handle.check();
    return this.#word.tryTake() ? this.#locked() : undefined;
  }

  /** Takes it, and blocks the thread. */
  acquireSync(timeout: number): MutexLock {
    this.handle.check();
    if (!this.#word.tryTake()) this.#acquireSync(timeout);
    return this.#locked();
  }

  #acquireSync(timeout: number): void {
    if (timeout !== 0 && this.#word.isOwnedHere) throw deadlock(this.#what);
    this.#waits.takeSync(timeout, () => this.#late(timeout));
  }

  /** Takes it, and does not block the thread. */
  async acquire(
    signal: AbortSignal | undefined,
    timeout: number,
  ): Promise<MutexLock> {
    this.handle.check();
    if (this.#waits.isTurnDue()) await this.#waits.giveTurn(signal);
    if (this.#pending > 0 || !this.#word.tryTake()) {
      await this.#wait(signal, timeout);
    }
    return this.#locked();
  }

  async #wait(signal: AbortSignal | undefined, timeout: number): Promise<void> {
    this.#pending++;
    try {
      await this.#waits.take(signal, timeout, () => this.#late(timeout));
    } finally {
      this.#pending--;
    }
    this.handle.check();
  }

  /**
   * Gives it up.
   *
   * @param turn That of the lock to release: one that is not held any more has
   * been.
   */
  release(turn: number): void {
    if (turn !== this.#turn || turn === 0) return;
    this.handle.check();
    this.#turn = 0;
    if (this.#pending > 0 && this.#pass()) return;
    if (!this.#word.release()) {
      throw notHeld(this.#what, "somebody has written over it");
    }
  }

  /** Passes it to the task of this thread that waits first. */
  #pass(): boolean {
    if (this.#passes++ === MOST_PASSES) this.#passes = 0;
    else if (this.#word.keep()) return this.#waits.serve();
    return false;
  }

  /** Gives it up, and complains if there is nothing to give up. */
  releaseHeld(): void {
    this.handle.check();
    if (this.#turn === 0) throw notHeld(this.#what);
    this.release(this.#turn);
  }

  /** Says that the data is whole again. */
  markConsistent(turn: number): void {
    this.handle.check();
    if (turn !== this.#turn) {
      throw notHeld(this.#what, "the lock is released", "mark");
    }
    this.#word.markConsistent();
  }

  /** Whether a turn is the one that is held. */
  has(turn: number): boolean {
    return turn === this.#turn && turn !== 0;
  }

  /**
   * Takes it anew for a lock that was released, however long it takes, and
   * blocks the thread.
   */
  reacquireSync(lock: MutexLock): void {
    this.handle.check();
    if (!this.#word.tryTake()) this.#acquireSync(Infinity);
    this.#held(lock);
  }

  /** Does the same, and does not block the thread. */
  async reacquire(lock: MutexLock): Promise<void> {
    this.handle.check();
    if (this.#pending > 0 || !this.#word.tryTake()) {
      await this.#wait(undefined, Infinity);
    }
    this.#held(lock);
  }

  #held(lock: MutexLock): void {
    holdAnew(lock, this.#nextTurn(), this.#word.ownerDied);
  }

  /** Closes it. */
  close(): void {
    const { handle } = this;
    const wasGone = handle.isGone;
    if (!handle.close()) return;
    this.#turn = 0;
    if (wasGone) this.#word.forget();
    else this.#word.abandon();
    this.#waits.close(() => handle.gone(), () => handle.named?.mapping.unmap());
  }

  #locked(): MutexLock {
    return new MutexLock(this, this.#nextTurn(), this.#word.ownerDied);
  }

  #nextTurn(): number {
    this.#turns = this.#turns % 0x3fff_ffff + 1;
    return this.#turn = this.#turns;
  }

  get #what(): string {
    return this.handle.what;
  }

  #late(timeout: number): Error {
    return timedOut(`acquire ${this.#what}`, timeout);
  }
}
