import {
  capabilities,
  checkTimeout,
  deadlineAfter,
  LONGEST_NAP,
  semClose,
  semPost,
  semTimedWait,
  semTimedWaitAsync,
  semTryWait,
  semUnlink,
  semValue,
  semWait,
  Spin,
  timedOut,
  TurnsBefore,
  WaitQueue,
} from "@ipc/libc";
import type { SemaphorePointer, WaitOptions, WaitStrategy } from "@ipc/libc";

/** Options of {@linkcode Semaphore.acquireSync}. */
export interface AcquireSyncOptions {
  /**
   * How long to wait at most, in milliseconds; 0 tries once. Without it, it
   * waits for ever.
   *
   * @default {undefined}
   */
  timeout?: number | undefined;
}

/** Options of {@linkcode Semaphore.acquire}. */
export interface AcquireOptions extends WaitOptions {}

/**
 * One count that was taken from a semaphore. Disposing of it releases it,
 * once: `using lock = semaphore.acquireSync()`.
 */
export class SemaphoreLock {
  #semaphore: Semaphore | undefined;

  /**
   * Use {@linkcode Semaphore.acquire}.
   *
   * @ignore
   */
  constructor(semaphore: Semaphore) {
    this.#semaphore = semaphore;
  }

  /**
   * Releases the count; doing so again does nothing.
   *
   * @throws {Deno.errors.BadResource} If the semaphore is closed.
   */
  release(): void {
    const semaphore = this.#semaphore;
    if (semaphore === undefined) return;
    semaphore.release();
    this.#semaphore = undefined;
  }

  /** Releases the count. */
  [Symbol.dispose](): void {
    this.release();
  }
}

/**
 * A named POSIX semaphore: a count that processes take from and give to, and
 * wait for while it is zero.
 *
 * A process that dies while it holds a count does not give it back: whoever
 * starts such processes has to watch them, or use a timeout.
 *
 * @see {@link https://man7.org/linux/man-pages/man7/sem_overview.7.html | sem_overview(7)}
 *
 * @example A lock between processes
 * ```ts
 * import { openSemaphore } from "@ipc/shm";
 * import { assertEquals } from "@std/assert";
 *
 * using semaphore = openSemaphore(null, { value: 1 });
 * {
 *   using _lock = await semaphore.acquire({ timeout: 1000 });
 *   assertEquals(semaphore.tryAcquire(), undefined); // one at a time
 * }
 * semaphore.acquireSync().release(); // free again
 * semaphore.unlink();
 * ```
 */
export class Semaphore {
  /** The name. */
  readonly name: string;
  /** Whether opening it created it. */
  readonly created: boolean;
  /**
   * The permission bits that it had when it was opened, such as `0o600`, or
   * `undefined` on macOS, which does not tell.
   */
  readonly mode: number | undefined;
  readonly #spin: Spin;
  readonly #queue: WaitQueue;
  readonly #turns = new TurnsBefore();
  #pointer: SemaphorePointer | null;

  /**
   * Use {@linkcode openSemaphore}.
   *
   * @ignore
   */
  constructor(
    name: string,
    pointer: SemaphorePointer,
    created: boolean,
    mode: number | undefined,
    wait: WaitStrategy,
  ) {
    this.name = name;
    this.created = created;
    this.mode = mode;
    this.#pointer = pointer;
    this.#spin = new Spin(wait);
    this.#queue = new WaitQueue({
      tryTake: () => semTryWait(pointer),
      park: (milliseconds) => semTimedWaitAsync(pointer, milliseconds),
      giveBack: () => semPost(pointer),
    });
  }

  /**
   * How many can be taken at this moment.
   *
   * `sem_getvalue(3)`. It may have changed by the time it is looked at.
   *
   * @throws {Deno.errors.NotSupported} On macOS, where the call always fails:
   * keep the count in shared memory, or use a System V semaphore.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  get value(): number {
    const pointer = this.#open();
    if (!capabilities.semaphoreValue) {
      throw new Deno.errors.NotSupported(
        `Cannot read the value of semaphore ${JSON.stringify(this.name)}: ` +
          "macOS tells it to no program, its sem_getvalue always fails with " +
          "ENOSYS; keep the count beside the semaphore, in shared memory, or " +
          "use a System V semaphore, whose value can be read",
      );
    }
    return semValue(pointer);
  }

  /**
   * Takes one, and waits until there is one. It does not block the event
   * loop: another thread sleeps, in turns of 30 milliseconds, which is how
   * long giving up may take. Only if waits have been shorter than that lately,
   * and nothing else waits, is the loop held up for 0.4 milliseconds first. It
   * serves the waits of one semaphore in order.
   *
   * `sem_trywait(3)`, `sem_clockwait(3)`.
   *
   * @param options When to give up.
   * @returns What releases it.
   * @throws {Deno.errors.TimedOut} If there is none in time.
   * @throws {Deno.errors.BadResource} If it is closed, now or meanwhile.
   * @throws {unknown} The signal's reason, if it is aborted. Nothing is taken.
   */
  async acquire(options?: AcquireOptions): Promise<SemaphoreLock> {
    options?.signal?.throwIfAborted();
    const timeout = checkTimeout(options?.timeout);
    let pointer = this.#open();
    if (this.#turns.isDue()) {
      await this.#turns.give(options?.signal);
      pointer = this.#open();
    }
    if (this.#queue.isEmpty && this.#look(pointer, timeout)) {
      return new SemaphoreLock(this);
    }
    if (timeout === 0) throw this.#late(0);
    if (this.#queue.isEmpty && this.#nap(pointer, timeout)) {
      return new SemaphoreLock(this);
    }
    this.#spin.park();
    try {
      await this.#queue.wait(
        options?.signal,
        timeout,
        () => this.#late(timeout),
      );
    } finally {
      this.#spin.wake();
    }
    return new SemaphoreLock(this);
  }

  /**
   * Takes one, and waits until there is one. It blocks the thread.
   *
   * `sem_trywait(3)`, `sem_wait(3)`, `sem_clockwait(3)`.
   *
   * @param options When to give up.
   * @returns What releases it.
   * @throws {Deno.errors.TimedOut} If there is none in time.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  acquireSync(options?: AcquireSyncOptions): SemaphoreLock {
    const pointer = this.#open();
    const timeout = checkTimeout(options?.timeout);
    if (semTryWait(pointer)) return new SemaphoreLock(this);
    if (timeout === 0) throw this.#late(0);
    const deadline = deadlineAfter(timeout);
    const spin = this.#spin;
    for (spin.begin(); spin.next();) {
      if (semTryWait(pointer)) {
        spin.hit();
        return new SemaphoreLock(this);
      }
    }
    spin.park();
    try {
      if (timeout === Infinity) semWait(pointer);
      else this.#sleepUntil(pointer, deadline, timeout);
    } finally {
      spin.wake();
    }
    return new SemaphoreLock(this);
  }

  /**
   * Takes one if there is one now.
   *
   * `sem_trywait(3)`.
   *
   * @returns What releases it, or `undefined` if there is none.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  tryAcquire(): SemaphoreLock | undefined {
    return semTryWait(this.#open()) ? new SemaphoreLock(this) : undefined;
  }

  /**
   * Gives one, whoever took it, and wakes one that waits.
   *
   * `sem_post(3)`.
   *
   * @throws {Error} With code `EOVERFLOW` if the value is at its limit,
   * {@linkcode SEM_VALUE_MAX}.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  release(): void {
    semPost(this.#open());
  }

  /**
   * Removes the name. The semaphore stays until the last process that has it
   * open closes it; the name is free for a new one. It works after `close`.
   *
   * `sem_unlink(3)`.
   *
   * @throws {Deno.errors.NotFound} If there is no such name any more.
   */
  unlink(): void {
    semUnlink(this.name);
  }

  /**
   * Closes it for this process. What was taken is not given back, and waits
   * that are pending reject with `Deno.errors.BadResource`. Doing so again
   * does nothing.
   *
   * `sem_close(3)`.
   */
  close(): void {
    const pointer = this.#pointer;
    if (pointer === null) return;
    this.#pointer = null;
    this.#queue.close(() => this.#closed(), () => semClose(pointer));
  }

  /** Closes it. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** Tries to take one, for a moment. */
  #look(pointer: SemaphorePointer, timeout: number): boolean {
    if (semTryWait(pointer)) return true;
    if (timeout === 0) return false;
    const spin = this.#spin;
    for (spin.beginAsync(); spin.next();) {
      if (semTryWait(pointer)) {
        spin.hit();
        return true;
      }
    }
    return false;
  }

  /** Sleeps in this thread, for as long as an event loop can do without. */
  #nap(pointer: SemaphorePointer, timeout: number): boolean {
    const spin = this.#spin;
    if (!spin.isNapWorthIt) return false;
    spin.park();
    const taken = semTimedWait(pointer, Math.min(LONGEST_NAP, timeout));
    if (taken) spin.wake();
    return taken;
  }

  #sleepUntil(
    pointer: SemaphorePointer,
    deadline: number,
    timeout: number,
  ): void {
    for (;;) {
      const left = deadline - performance.now();
      if (left <= 0) throw this.#late(timeout);
      if (semTimedWait(pointer, left)) return;
    }
  }

  #open(): SemaphorePointer {
    if (this.#pointer === null) throw this.#closed();
    return this.#pointer;
  }

  #closed(): Error {
    return new Deno.errors.BadResource(
      `Cannot use semaphore ${JSON.stringify(this.name)}: it is closed`,
    );
  }

  #late(timeout: number): Error {
    return timedOut(
      `acquire semaphore ${JSON.stringify(this.name)}`,
      timeout,
    );
  }
}
