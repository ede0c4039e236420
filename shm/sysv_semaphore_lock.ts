import type { SysvSemaphore } from "./sysv_semaphore.ts";

/**
 * What was taken from a System V semaphore. Disposing of it gives it back,
 * once: `using lock = semaphore.acquireSync()`.
 */
export class SysvSemaphoreLock {
  /** How much was taken. */
  readonly delta: number;
  readonly #index: number;
  readonly #undo: boolean;
  #semaphore: SysvSemaphore | undefined;

  /**
   * Use {@linkcode SysvSemaphore.acquire}.
   *
   * @ignore
   */
  constructor(
    semaphore: SysvSemaphore,
    delta: number,
    index: number,
    undo: boolean,
  ) {
    this.#semaphore = semaphore;
    this.delta = delta;
    this.#index = index;
    this.#undo = undo;
  }

  /**
   * Gives back what was taken; doing so again does nothing.
   *
   * @throws {Deno.errors.NotFound} With code `EIDRM` if the semaphore was
   * removed.
   * @throws {Deno.errors.BadResource} If the semaphore is closed.
   */
  release(): void {
    const semaphore = this.#semaphore;
    if (semaphore === undefined) return;
    semaphore.give(this.delta, this.#index, this.#undo);
    this.#semaphore = undefined;
  }

  /** Gives it back. */
  [Symbol.dispose](): void {
    this.release();
  }
}
