import type { Hold } from "./_hold.ts";

/** Tells what a lock holds; for the classes beside it. */
export let holdOf: (lock: MutexLock) => Hold;
/** Which turn of its hold a lock is; for the classes beside it. */
export let turnOf: (lock: MutexLock) => number;
/** Says that a lock is held anew; for the classes beside it. */
export let holdAnew: (
  lock: MutexLock,
  turn: number,
  ownerDied: boolean,
) => void;

/**
 * A mutex that is held. Disposing of it releases it, once:
 * `using lock = mutex.acquireSync()`.
 */
export class MutexLock {
  /**
   * Whether a holder had died when this was acquired, and nobody had called
   * {@linkcode MutexLock.markConsistent} since: what the mutex guards may be
   * half changed.
   */
  get ownerDied(): boolean {
    return this.#ownerDied;
  }

  readonly #hold: Hold;
  #turn: number;
  #ownerDied: boolean;

  static {
    holdOf = (lock) => lock.#hold;
    turnOf = (lock) => lock.#turn;
    holdAnew = (lock, turn, ownerDied) => {
      lock.#turn = turn;
      lock.#ownerDied = ownerDied;
    };
  }

  /**
   * Use {@linkcode Mutex.acquire}.
   *
   * @ignore
   */
  constructor(hold: Hold, turn: number, ownerDied: boolean) {
    this.#hold = hold;
    this.#turn = turn;
    this.#ownerDied = ownerDied;
  }

  /**
   * Says that what the mutex guards is whole again, after
   * {@linkcode MutexLock.ownerDied}. Until somebody does, every holder is told.
   * If nothing was wrong it does nothing.
   *
   * As `pthread_mutex_consistent(3)`; but a mutex that is released without it
   * can be acquired again.
   *
   * @throws {Error} With code `EPERM` if it is released.
   * @throws {Deno.errors.BadResource} If the mutex or its memory is closed.
   */
  markConsistent(): void {
    this.#hold.markConsistent(this.#turn);
  }

  /**
   * Releases the mutex; doing so again does nothing.
   *
   * @throws {Deno.errors.BadResource} If the memory was closed meanwhile: the
   * mutex stays held until this thread ends.
   * @throws {Error} With code `EPERM` if somebody has written over the mutex.
   */
  release(): void {
    this.#hold.release(this.#turn);
  }

  /** Releases the mutex. */
  [Symbol.dispose](): void {
    this.release();
  }
}
