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

/** A mutex. */
export class Hold {
  readonly handle: Handle;
  readonly #word: OwnerWord;
  readonly #waits: Waits;
  /** The lock that is held. */
  #lock: MutexLock | undefined;

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
    return this.#lock !== undefined;
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
    const { handle } = this;
    handle.check();
    if (!this.#waits.isEmpty || !this.#word.tryTake()) {
      await this.#waits.take(signal, timeout, () => this.#late(timeout));
      handle.check();
    }
    return this.#locked();
  }

  /**
   * Gives it up.
   *
   * @param lock The lock to release: one that is not held any more has been.
   */
  release(lock: MutexLock | undefined): void {
    if (lock !== this.#lock || lock === undefined) return;
    this.handle.check();
    this.#lock = undefined;
    if (!this.#word.release()) {
      throw notHeld(this.#what, "somebody has written over it");
    }
  }

  /** Gives it up, and complains if there is nothing to give up. */
  releaseHeld(): void {
    this.handle.check();
    if (this.#lock === undefined) throw notHeld(this.#what);
    this.release(this.#lock);
  }

  /** Says that the data is whole again. */
  markConsistent(lock: MutexLock): void {
    this.handle.check();
    if (lock !== this.#lock) {
      throw notHeld(this.#what, "the lock is released", "mark");
    }
    this.#word.markConsistent();
  }

  /** Whether a lock is the one that is held. */
  has(lock: MutexLock): boolean {
    return lock === this.#lock;
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
    const { handle } = this;
    handle.check();
    if (!this.#waits.isEmpty || !this.#word.tryTake()) {
      await this.#waits.take(undefined, Infinity, () => this.#late(Infinity));
      handle.check();
    }
    this.#held(lock);
  }

  #held(lock: MutexLock): void {
    this.#lock = lock;
    holdAnew(lock, this.#word.ownerDied);
  }

  /** Closes it. */
  close(): void {
    const { handle } = this;
    const wasGone = handle.isGone;
    if (!handle.close()) return;
    this.#lock = undefined;
    if (wasGone) this.#word.forget();
    else this.#word.abandon();
    this.#waits.close(handle.gone(), () => handle.named?.mapping.unmap());
  }

  #locked(): MutexLock {
    return this.#lock = new MutexLock(this, this.#word.ownerDied);
  }

  get #what(): string {
    return this.handle.what;
  }

  #late(timeout: number): Error {
    return timedOut(`acquire ${this.#what}`, timeout);
  }
}
