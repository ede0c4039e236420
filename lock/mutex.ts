import { checkTimeout, checkWait } from "@ipc/libc";
import type { Named } from "./_handle.ts";
import { Hold } from "./_hold.ts";
import { place } from "./_place.ts";
import type { MutexLock } from "./mutex_lock.ts";
import type {
  LockOptions,
  LockWaitOptions,
  LockWaitSyncOptions,
} from "./options.ts";

/** How many bytes a {@linkcode Mutex} takes. */
export const MUTEX_SIZE = 16;

/** Makes a mutex of its own object; for the function beside it. */
export let namedMutex: (named: Named, options: LockOptions) => Mutex;

/**
 * A lock in shared memory that one thread of one process holds at a time, and
 * that survives its holder: if the holder dies, the next one gets it within
 * 100 milliseconds, and is told so by {@linkcode MutexLock.ownerDied}.
 *
 * It takes {@linkcode MUTEX_SIZE} bytes of any memory that processes share, or
 * has a name of its own ({@linkcode openMutex}). Bytes that are zero are a
 * mutex that nobody holds, so new memory needs no preparation. Every process
 * makes its own object over the same bytes.
 *
 * A holder is a thread: the main one, or a worker. Async tasks of one thread
 * exclude each other as well, and those that wait on one object get it in
 * order, up to 16 of them before another thread may. Between threads there is
 * no order. A holder counts as dead when its thread has ended, be it with its
 * process, by `worker.terminate()`, or by a signal; not when it is stopped. A
 * program that goes on as another by `exec(3)` is the same thread, and holds
 * on.
 *
 * What it cannot notice: on Linux, that a dead holder's thread number was
 * given to another thread, in one case of 255, or, where `/proc` is not
 * mounted, that a process is a zombie, which nobody has waited for; on macOS,
 * the same of a zombie, and that a worker ended whose process lives on. Then
 * the mutex is free when that other thread, or the process, ends.
 *
 * All that use a mutex have to be in one pid namespace, such as one container;
 * others are refused. Whoever can write the memory can hold the mutex for
 * ever, by writing the number of a thread that lives into it, and can have it
 * given to two. Such a peer can do no more than that: the memory holds no
 * addresses.
 *
 * @see {@link https://man7.org/linux/man-pages/man2/futex.2.html | futex(2)}
 * @see {@link https://man7.org/linux/man-pages/man3/pthread_mutexattr_setrobust.3.html | pthread_mutexattr_setrobust(3)}
 *
 * @example A mutex beside what it guards
 * ```ts
 * import { Mutex, MUTEX_SIZE } from "@ipc/lock";
 * import { openSharedMemory } from "@ipc/shm";
 * import { assertEquals } from "@std/assert";
 *
 * using memory = openSharedMemory(null, { size: MUTEX_SIZE + 8 });
 * memory.unlink();
 * using mutex = new Mutex(memory.buffer);
 * const sum = new Float64Array(memory.buffer, MUTEX_SIZE, 1);
 * {
 *   using lock = await mutex.acquire({ timeout: 1000 });
 *   if (lock.ownerDied) {
 *     sum[0] = 0; // whatever makes it whole
 *     lock.markConsistent();
 *   }
 *   sum[0]! += 1.5;
 * }
 * assertEquals(sum[0], 1.5);
 * ```
 */
export class Mutex {
  readonly #hold: Hold;

  static {
    namedMutex = (named, options) =>
      new Mutex(named.mapping.buffer, 0, options, named);
  }

  /**
   * Takes part in the mutex at a place in memory, or makes it of bytes that
   * are zero.
   *
   * Requires `--allow-ffi`.
   *
   * @param buffer The memory, such as `SharedMemory.buffer`, or a
   * `SharedArrayBuffer` for the workers of one process.
   * @param byteOffset Where in it, a multiple of 8.
   * @param options How to wait.
   * @throws {TypeError} If the buffer is none, or its length can change, or
   * something else is there.
   * @throws {RangeError} If the offset is no multiple of 8, or the mutex would
   * not fit.
   * @throws {Deno.errors.NotSupported} If the mutex was made in another pid or
   * time namespace.
   */
  constructor(
    buffer: ArrayBufferLike,
    byteOffset?: number,
    options?: LockOptions,
  );
  /** @ignore */
  constructor(
    buffer: ArrayBufferLike,
    byteOffset?: number,
    options?: LockOptions,
    named?: Named,
  );
  constructor(
    buffer: ArrayBufferLike,
    byteOffset = 0,
    options: LockOptions = {},
    named?: Named,
  ) {
    const wait = checkWait(options.wait ?? "adaptive");
    const name = named?.name ?? null;
    const words = place("mutex", buffer, byteOffset, MUTEX_SIZE, name);
    this.#hold = new Hold(words, named, wait);
  }

  /** The name, or `null` of a mutex that is in its user's memory. */
  get name(): string | null {
    return this.#hold.handle.named?.name ?? null;
  }

  /** Whether opening it created the object of its name. */
  get created(): boolean {
    return this.#hold.handle.named?.created ?? false;
  }

  /** Whether it is held by this object. */
  get held(): boolean {
    return this.#hold.isHeld;
  }

  /**
   * Acquires it, and waits until it is free. It does not block the event loop:
   * another thread sleeps, in turns of 30 milliseconds, which is how long
   * giving up may take. Only if waits have been short lately, and nothing else
   * waits, is the loop held up for 0.4 milliseconds first.
   *
   * `futex(2)`, and `kill(2)` and `/proc` to see whether the holder lives; on
   * macOS `os_sync_wait_on_address`.
   *
   * @param options When to give up.
   * @returns What releases it.
   * @throws {Deno.errors.TimedOut} If it is not free in time.
   * @throws {Deno.errors.BadResource} If it, or its memory, is closed, now or
   * meanwhile.
   * @throws {unknown} The signal's reason, if it is aborted. Nothing is held.
   */
  async acquire(options?: LockWaitOptions): Promise<MutexLock> {
    options?.signal?.throwIfAborted();
    const timeout = checkTimeout(options?.timeout);
    return await this.#hold.acquire(options?.signal, timeout);
  }

  /**
   * Acquires it, and waits until it is free. It blocks the thread.
   *
   * `futex(2)`, and `kill(2)` and `/proc` to see whether the holder lives; on
   * macOS `os_sync_wait_on_address`.
   *
   * @param options When to give up.
   * @returns What releases it.
   * @throws {Error} With code `EDEADLK` if this thread holds it.
   * @throws {Deno.errors.TimedOut} If it is not free in time.
   * @throws {Deno.errors.BadResource} If it, or its memory, is closed.
   */
  acquireSync(options?: LockWaitSyncOptions): MutexLock {
    return this.#hold.acquireSync(checkTimeout(options?.timeout));
  }

  /**
   * Acquires it if it is free now, or its holder is dead.
   *
   * @returns What releases it, or `undefined` if somebody holds it.
   * @throws {Deno.errors.BadResource} If it, or its memory, is closed.
   */
  tryAcquire(): MutexLock | undefined {
    return this.#hold.tryAcquire();
  }

  /**
   * Releases it, and wakes one that waits.
   *
   * @throws {Error} With code `EPERM` if this object does not hold it.
   * @throws {Deno.errors.BadResource} If it, or its memory, is closed.
   */
  release(): void {
    this.#hold.releaseHeld();
  }

  /**
   * Removes the name. The mutex stays until the last process that has it open
   * closes it; the name is free for a new one. It works after `close`.
   *
   * `shm_unlink(3)`.
   *
   * @throws {Deno.errors.NotFound} If there is no such name any more.
   * @throws {TypeError} If it is in its user's memory, and has no name.
   */
  unlink(): void {
    this.#hold.handle.unlink();
  }

  /**
   * Lets go of it in this process. If it is held, the next holder is told that
   * its owner died; waits that are pending reject with
   * `Deno.errors.BadResource`. Doing so again does nothing.
   *
   * Close it before the memory it is in: what is held when the memory goes
   * stays held until this thread ends.
   */
  close(): void {
    this.#hold.close();
  }

  /** Closes it. */
  [Symbol.dispose](): void {
    this.close();
  }
}
