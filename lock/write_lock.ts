import type { RwHold } from "./_rw_hold.ts";

/**
 * A reader-writer lock that is held to write, alone. Disposing of it releases
 * it, once: `using lock = rwLock.acquireWriteSync()`.
 */
export class WriteLock {
  /**
   * Whether a writer has died, and nobody has called
   * {@linkcode WriteLock.markConsistent} since: what the lock guards may be
   * half changed.
   */
  readonly ownerDied: boolean;
  readonly #hold: RwHold;

  /**
   * Use {@linkcode RwLock.acquireWrite}.
   *
   * @ignore
   */
  constructor(hold: RwHold, ownerDied: boolean) {
    this.#hold = hold;
    this.ownerDied = ownerDied;
  }

  /**
   * Says that what the lock guards is whole again, after
   * {@linkcode WriteLock.ownerDied}. Until somebody does, every holder is
   * told. If nothing was wrong it does nothing.
   *
   * @throws {Error} With code `EPERM` if it is released.
   * @throws {Deno.errors.BadResource} If the lock or its memory is closed.
   */
  markConsistent(): void {
    this.#hold.markConsistent(this);
  }

  /**
   * Releases it; doing so again does nothing.
   *
   * @throws {Deno.errors.BadResource} If the memory was closed meanwhile: it
   * stays held until this thread ends.
   * @throws {Error} With code `EPERM` if somebody has written over it.
   */
  release(): void {
    this.#hold.releaseWrite(this);
  }

  /** Releases it. */
  [Symbol.dispose](): void {
    this.release();
  }
}
