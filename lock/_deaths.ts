/** Whose numbers are in the words, and whether they live. */

import { currentThreadId, isAlive, mayBeAlive, monotonicNow } from "@ipc/libc";

/** How long a thread that was seen alive counts as alive, in milliseconds. */
const TRUST = 10;

/** How many words this thread owns. */
let owned = 0;

/** Says that this thread owns a word more. */
export function own(): void {
  owned++;
}

/** Says that it owns one less. */
export function disown(): void {
  owned--;
}

/**
 * Whether it owns any.
 *
 * @returns Whether it does. If not, a word with its number is no word of its.
 */
export function ownsAny(): boolean {
  return owned > 0;
}

/** Knows who is dead, and does not ask the system more often than needed. */
export class Deaths {
  /** The number of this thread. */
  readonly own: number = currentThreadId();
  /** Who was seen alive, and when. */
  #trusted = 0;
  #trustedAt = 0;

  /**
   * Whether an owner is dead, or this thread's number stands where it owns
   * nothing: another had it before, or somebody has written over the bytes.
   *
   * @param owner Its number.
   */
  isDead(owner: number): boolean {
    if (owner === this.own) return !ownsAny();
    if (!mayBeAlive(owner)) return true;
    const now = monotonicNow();
    if (owner === this.#trusted && now - this.#trustedAt < TRUST) return false;
    if (!isAlive(owner)) return true;
    this.#trusted = owner;
    this.#trustedAt = now;
    return false;
  }
}
