import type { RwHold } from "./_rw_hold.ts";

/**
 * A reader-writer lock that is held to read, beside other readers. Disposing
 * of it releases it, once: `using lock = rwLock.acquireReadSync()`.
 */
export class ReadLock {
  /**
   * Whether a writer has died, and no writer has called
   * {@linkcode WriteLock.markConsistent} since: what the lock guards may be
   * half changed.
   */
  readonly ownerDied: boolean;
  #hold: RwHold | undefined;

  /**
   * Use {@linkcode RwLock.acquireRead}.
   *
   * @ignore
   */
  constructor(hold: RwHold, ownerDied: boolean) {
    this.#hold = hold;
    this.ownerDied = ownerDied;
  }

  /**
   * Releases it; doing so again does nothing.
   *
   * @throws {Deno.errors.BadResource} If the memory was closed meanwhile: it
   * stays held until this thread ends.
   * @throws {Error} With code `EPERM` if somebody has written over it.
   */
  release(): void {
    const hold = this.#hold;
    if (hold === undefined) return;
    hold.releaseRead();
    this.#hold = undefined;
  }

  /** Releases it. */
  [Symbol.dispose](): void {
    this.release();
  }
}
