/**
 * One word of shared memory that a thread owns, or nobody: the heart of every
 * lock here.
 *
 * Bits 0 to 29 are the owner's number (`libc/thread.ts`), or 0. Bit 30 says
 * that an owner died, and that nobody has said since that the data is whole.
 * Bit 31 says that somebody may sleep on the word.
 *
 * Memory order: every access is by `Atomics`, which are sequentially
 * consistent. On arm64 the exchange that takes the word is `casal`, or a loop
 * of `ldaxr` and `stlxr`: it acquires, so nothing of the owner's work is done
 * before; and the one that gives it up releases, so that all of it can be seen
 * by whoever takes the word after it.
 */

import { Futex, THREAD_ID_MASK } from "@ipc/libc";
import { Deaths, disown, own, ownsAny } from "./_deaths.ts";
import type { Source } from "./_waits.ts";

/** An owner died. */
export const OWNER_DIED = 1 << 30;
/** Somebody may sleep. */
export const WAITERS = 1 << 31;

/**
 * The longest sleep, in milliseconds. It bounds how long the death of an
 * owner goes unnoticed, and how long a wake-up is late whose messenger died.
 */
export const SLICE = 25;

/** How many are woken if all are. */
export const ALL = 0x7fff_ffff;

/** A word that a thread owns, or nobody. */
export class OwnerWord implements Source {
  /** Whether the last take found that an owner had died. */
  ownerDied = false;
  readonly #words: Int32Array<ArrayBufferLike>;
  readonly #index: number;
  readonly #futex: Futex;
  readonly #deaths = new Deaths();
  readonly #own: number = this.#deaths.own;
  /** Whether this object owns the word. */
  #isOwned = false;

  /**
   * Takes part in a word.
   *
   * @param words The memory.
   * @param index Which word.
   */
  constructor(words: Int32Array<ArrayBufferLike>, index: number) {
    this.#words = words;
    this.#index = index;
    this.#futex = new Futex(words, index);
  }

  /** Whether this object owns it. */
  get isOwned(): boolean {
    return this.#isOwned;
  }

  /** Whether this thread owns it, by this object or another. */
  get isOwnedHere(): boolean {
    const owner = Atomics.load(this.#words, this.#index) & THREAD_ID_MASK;
    return owner === this.#own && ownsAny();
  }

  /** Takes it if nobody owns it who lives. */
  tryTake(): boolean {
    const seen = Atomics.compareExchange(
      this.#words,
      this.#index,
      0,
      this.#own,
    );
    return seen === 0 ? this.#taken(false) : this.#tryTake(seen, 0);
  }

  /** Takes it if nobody owns it; does not ask whether the owner lives. */
  look(): boolean {
    const seen = Atomics.load(this.#words, this.#index);
    return (seen & THREAD_ID_MASK) === 0 && this.#tryTake(seen, 0);
  }

  /**
   * Takes it if nobody owns it who lives.
   *
   * @param isAwake Whether this comes after a sleep. Then others may sleep
   * still, of whom the word does not tell any more.
   */
  attempt(isAwake: boolean): boolean {
    const seen = Atomics.load(this.#words, this.#index);
    return this.#tryTake(seen, isAwake ? WAITERS : 0);
  }

  /** Sleeps while somebody owns it, for a slice at most. */
  sleep(milliseconds: number): void {
    this.sleepOn(this.announce(), milliseconds);
  }

  /** Does the same on another thread. */
  async sleepAsync(milliseconds: number): Promise<void> {
    await this.sleepOnAsync(this.announce(), milliseconds);
  }

  /** Sleeps while it has a value that was announced. */
  sleepOn(value: number, milliseconds: number): void {
    if (value !== 0) this.#futex.wait(value, Math.min(milliseconds, SLICE));
  }

  /** Does the same on another thread. */
  async sleepOnAsync(value: number, milliseconds: number): Promise<void> {
    if (value === 0) return;
    await this.#futex.waitAsync(value, Math.min(milliseconds, SLICE));
  }

  /** Takes back that it was taken. */
  giveBack(): void {
    this.release();
  }

  /** Sleeps no more: whoever owns it is to wake another one. */
  leave(): void {
    this.announce();
  }

  /** Nothing of a wait is left here. */
  idle(): void {}

  /**
   * Takes it away from an owner that is dead, for nobody.
   *
   * @returns Whether nobody owns it now.
   */
  bury(): boolean {
    for (;;) {
      const seen = Atomics.load(this.#words, this.#index);
      const owner = seen & THREAD_ID_MASK;
      if (owner === 0) return true;
      if (!this.#deaths.isDead(owner)) return false;
      const found = Atomics.compareExchange(
        this.#words,
        this.#index,
        seen,
        OWNER_DIED,
      );
      if (found !== seen) continue;
      if ((seen & WAITERS) !== 0) this.#futex.wake(ALL);
      return true;
    }
  }

  /** Whether an owner has died, and nobody has called the data whole. */
  get isInconsistent(): boolean {
    return (Atomics.load(this.#words, this.#index) & OWNER_DIED) !== 0;
  }

  /** Whether anybody owns it, dead or alive. */
  get hasOwner(): boolean {
    return (Atomics.load(this.#words, this.#index) & THREAD_ID_MASK) !== 0;
  }

  /**
   * Passes it on within this object, which goes on to own it.
   *
   * @returns Whether it is this thread's still.
   */
  keep(): boolean {
    const seen = Atomics.load(this.#words, this.#index);
    this.ownerDied = (seen & OWNER_DIED) !== 0;
    return (seen & THREAD_ID_MASK) === this.#own;
  }

  /** Says that the data is whole again. */
  markConsistent(): void {
    Atomics.and(this.#words, this.#index, ~OWNER_DIED);
  }

  /**
   * Gives it up, and wakes one that sleeps, or all.
   *
   * @param isAll Whether to wake all.
   * @returns Whether it was this thread's still.
   */
  release(isAll = false): boolean {
    if (!this.#isOwned) return false;
    this.#isOwned = false;
    disown();
    const own = this.#own;
    const seen = Atomics.compareExchange(this.#words, this.#index, own, 0);
    return seen === own || this.#release(seen, 0, isAll);
  }

  /** Leaves it as an owner does that dies. */
  abandon(): void {
    if (!this.#isOwned) return;
    this.#isOwned = false;
    disown();
    const seen = Atomics.load(this.#words, this.#index);
    this.#release(seen, OWNER_DIED, true);
  }

  /** Knows of it no more: its memory is gone. */
  forget(): void {
    if (this.#isOwned) disown();
    this.#isOwned = false;
  }

  #release(seen: number, flags: number, isAll: boolean): boolean {
    for (;;) {
      if ((seen & THREAD_ID_MASK) !== this.#own) return false;
      const found = Atomics.compareExchange(
        this.#words,
        this.#index,
        seen,
        seen & OWNER_DIED | flags,
      );
      if (found === seen) break;
      seen = found;
    }
    if ((seen & WAITERS) !== 0) this.#futex.wake(isAll ? ALL : 1);
    return true;
  }

  /**
   * Says that somebody will sleep.
   *
   * @returns What the word has then, to sleep on; 0 if it is worth a look
   * before.
   */
  announce(): number {
    const seen = Atomics.load(this.#words, this.#index);
    if ((seen & THREAD_ID_MASK) === 0) return 0;
    if ((seen & WAITERS) !== 0) return seen;
    const told = seen | WAITERS;
    const found = Atomics.compareExchange(
      this.#words,
      this.#index,
      seen,
      told,
    );
    return found === seen ? told : 0;
  }

  #tryTake(seen: number, flags: number): boolean {
    for (;;) {
      const owner = seen & THREAD_ID_MASK;
      if (owner !== 0 && !this.#deaths.isDead(owner)) return false;
      const died = owner !== 0 ? OWNER_DIED : seen & OWNER_DIED;
      const found = Atomics.compareExchange(
        this.#words,
        this.#index,
        seen,
        this.#own | died | seen & WAITERS | flags,
      );
      if (found === seen) return this.#taken(died !== 0);
      seen = found;
    }
  }

  #taken(ownerDied: boolean): true {
    // Somebody may have written over what this object owns.
    if (!this.#isOwned) own();
    this.#isOwned = true;
    this.ownerDied = ownerDied;
    return true;
  }
}
