import { checkTimeout, checkWait, timedOut } from "@ipc/libc";
import { notHeld } from "./_errors.ts";
import { Handle } from "./_handle.ts";
import type { Hold } from "./_hold.ts";
import { place } from "./_place.ts";
import { Sequence } from "./_sequence.ts";
import { Waits } from "./_waits.ts";
import { holdOf, MutexLock, turnOf } from "./mutex_lock.ts";
import type {
  LockOptions,
  LockWaitOptions,
  LockWaitSyncOptions,
} from "./options.ts";

/** How many bytes a {@linkcode Condition} takes. */
export const CONDITION_SIZE = 16;

/**
 * A place in shared memory to wait at until somebody says that something has
 * changed, which a {@linkcode Mutex} guards.
 *
 * It takes {@linkcode CONDITION_SIZE} bytes of any memory that processes
 * share. Bytes that are zero are a condition that nobody waits at. What is
 * said of a mutex, of namespaces and of hostile peers holds here too.
 *
 * A wait releases the mutex, sleeps, and acquires it again. It may end although
 * nobody has notified it, so wait in a loop that looks. No notification is
 * lost that comes after the release: not to a wait that is given up, and not
 * to a waiter that dies; then another one is woken, within 25 milliseconds.
 *
 * @see {@link https://man7.org/linux/man-pages/man3/pthread_cond_wait.3p.html | pthread_cond_wait(3p)}
 * @see {@link https://man7.org/linux/man-pages/man2/futex.2.html | futex(2)}
 *
 * @example Waiting for work
 * ```ts
 * import { Condition, CONDITION_SIZE, Mutex, MUTEX_SIZE } from "@ipc/lock";
 * import { openSharedMemory } from "@ipc/shm";
 * import { assertEquals } from "@std/assert";
 *
 * const size = MUTEX_SIZE + CONDITION_SIZE + 8;
 * using memory = openSharedMemory(null, { size });
 * memory.unlink();
 * using mutex = new Mutex(memory.buffer);
 * using changed = new Condition(memory.buffer, MUTEX_SIZE);
 * const jobs = new Uint32Array(memory.buffer, size - 8, 1);
 *
 * async function work() {
 *   using lock = await mutex.acquire();
 *   while (jobs[0] === 0) await changed.wait(lock, { timeout: 1000 });
 *   jobs[0]!--;
 * }
 * const working = work();
 *
 * {
 *   using _lock = await mutex.acquire();
 *   jobs[0]!++;
 * }
 * changed.notifyOne();
 * await working;
 * assertEquals(jobs[0], 0);
 * ```
 */
export class Condition {
  readonly #handle: Handle;
  /** What blocks the thread, and what does not. */
  readonly #sync: Sequence;
  readonly #async: Sequence;
  readonly #syncWaits: Waits;
  readonly #asyncWaits: Waits;

  /**
   * Takes part in the condition at a place in memory, or makes it of bytes
   * that are zero.
   *
   * Requires `--allow-ffi`.
   *
   * @param buffer The memory, such as `SharedMemory.buffer`, or a
   * `SharedArrayBuffer` for the workers of one process.
   * @param byteOffset Where in it, a multiple of 8.
   * @param options How to wait.
   * @throws {TypeError} If the buffer is none, or its length can change, or
   * something else is there.
   * @throws {RangeError} If the offset is no multiple of 8, or the condition
   * would not fit.
   * @throws {Deno.errors.NotSupported} If it was made in another pid or time
   * namespace.
   */
  constructor(
    buffer: ArrayBufferLike,
    byteOffset = 0,
    options: LockOptions = {},
  ) {
    const wait = checkWait(options.wait ?? "adaptive");
    const size = CONDITION_SIZE;
    const { words, what } = place("condition", buffer, byteOffset, size, null);
    const handle = this.#handle = new Handle(words, what, undefined);
    this.#sync = new Sequence(words);
    this.#async = new Sequence(words);
    this.#syncWaits = new Waits(this.#sync, wait, handle);
    this.#asyncWaits = new Waits(this.#async, wait, handle);
  }

  /**
   * Releases a mutex, waits until it is notified, and acquires the mutex
   * again, for as long as that takes. It does not block the event loop:
   * another thread sleeps, in turns of 30 milliseconds, which is how long
   * giving up may take.
   *
   * The lock is held again when the wait ends, and also if it fails, save
   * where the mutex or its memory is closed.
   *
   * @param lock The mutex, which is held.
   * @param options When to give up.
   * @throws {TypeError} If it is no lock of a mutex.
   * @throws {Error} With code `EPERM` if the lock is released.
   * @throws {Deno.errors.TimedOut} If nobody notifies it in time.
   * @throws {Deno.errors.BadResource} If it, the mutex, or their memory is
   * closed, now or meanwhile.
   * @throws {unknown} The signal's reason, if it is aborted.
   */
  async wait(lock: MutexLock, options?: LockWaitOptions): Promise<void> {
    const signal = options?.signal;
    signal?.throwIfAborted();
    const timeout = checkTimeout(options?.timeout);
    const hold = this.#check(lock);
    if (this.#asyncWaits.isEmpty) this.#async.begin();
    hold.release(turnOf(lock));
    try {
      await this.#asyncWaits.take(signal, timeout, () => this.#late(timeout));
    } finally {
      await hold.reacquire(lock);
    }
  }

  /**
   * Releases a mutex, waits until it is notified, and acquires the mutex
   * again, for as long as that takes. It blocks the thread.
   *
   * The lock is held again when the wait ends, and also if it fails, save
   * where the mutex or its memory is closed.
   *
   * @param lock The mutex, which is held.
   * @param options When to give up.
   * @throws {TypeError} If it is no lock of a mutex.
   * @throws {Error} With code `EPERM` if the lock is released.
   * @throws {Deno.errors.TimedOut} If nobody notifies it in time.
   * @throws {Deno.errors.BadResource} If it, the mutex, or their memory is
   * closed.
   */
  waitSync(lock: MutexLock, options?: LockWaitSyncOptions): void {
    const timeout = checkTimeout(options?.timeout);
    const hold = this.#check(lock);
    this.#sync.begin();
    hold.release(turnOf(lock));
    try {
      this.#syncWaits.takeSync(timeout, () => this.#late(timeout));
    } finally {
      hold.reacquireSync(lock);
    }
  }

  /**
   * Wakes one that waits, if one does; another may be woken too. The mutex
   * need not be held, but what has changed has to be changed while it is.
   *
   * @throws {Deno.errors.BadResource} If it, or its memory, is closed.
   */
  notifyOne(): void {
    this.#handle.check();
    this.#sync.notifyOne();
  }

  /**
   * Wakes all that wait.
   *
   * @throws {Deno.errors.BadResource} If it, or its memory, is closed.
   */
  notifyAll(): void {
    this.#handle.check();
    this.#sync.notifyAll();
  }

  /**
   * Lets go of it in this process. Waits that are pending reject with
   * `Deno.errors.BadResource`. Doing so again does nothing.
   */
  close(): void {
    if (!this.#handle.close()) return;
    this.#asyncWaits.close(() => this.#handle.gone(), () => {});
  }

  /** Closes it. */
  [Symbol.dispose](): void {
    this.close();
  }

  #check(lock: MutexLock): Hold {
    this.#handle.check();
    if (!(lock instanceof MutexLock)) {
      throw new TypeError(
        `Cannot wait at ${this.#handle.what}: expected a lock of a mutex, ` +
          `got ${typeof lock}`,
      );
    }
    const hold = holdOf(lock);
    hold.handle.check();
    if (!hold.has(turnOf(lock))) {
      throw notHeld(this.#handle.what, "the lock is released", "wait at");
    }
    return hold;
  }

  #late(timeout: number): Error {
    return timedOut(`wait at ${this.#handle.what}`, timeout);
  }
}
