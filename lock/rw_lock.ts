import { checkTimeout, checkWait } from "@ipc/libc";
import type { Named } from "./_handle.ts";
import { place } from "./_place.ts";
import { RwHold } from "./_rw_hold.ts";
import type {
  LockOptions,
  LockWaitOptions,
  LockWaitSyncOptions,
} from "./options.ts";
import type { ReadLock } from "./read_lock.ts";
import type { WriteLock } from "./write_lock.ts";

/** How many bytes an {@linkcode RwLock} takes. */
export const RW_LOCK_SIZE = 256;

/** Makes a lock of its own object; for the function beside it. */
export let namedRwLock: (named: Named, options: LockOptions) => RwLock;

/**
 * A lock in shared memory that several read by at a time, or one writes by,
 * and that survives the death of each: of a reader, whose place is free again,
 * and of a writer, after which every holder is told by `ownerDied` until one
 * has called {@linkcode WriteLock.markConsistent}; both within 100
 * milliseconds.
 *
 * It takes {@linkcode RW_LOCK_SIZE} bytes of any memory that processes share,
 * or has a name of its own ({@linkcode openRwLock}). Bytes that are zero are a
 * lock that nobody holds. What is said of the holders of a {@linkcode Mutex},
 * of namespaces and of hostile peers holds here too. A writer counts as dead
 * in the midst of its work from when it waits for readers to leave.
 *
 * Nobody starves: a writer that waits keeps new readers out, and a writer that
 * leaves lets in the readers that waited, before another writer. So a task
 * that reads must not wait to read again; only `acquireReadSync`, which would
 * wait for itself, goes before the writer.
 *
 * At most 56 objects read, or wait to, at a time, each as often as it likes;
 * more wait for a place.
 *
 * Where writers come as often as readers, and stay for a moment only, a
 * {@linkcode Mutex} is faster.
 *
 * @see {@link https://man7.org/linux/man-pages/man2/futex.2.html | futex(2)}
 *
 * @example Readers beside each other
 * ```ts
 * import { RW_LOCK_SIZE, RwLock } from "@ipc/lock";
 * import { openSharedMemory } from "@ipc/shm";
 * import { assertEquals } from "@std/assert";
 *
 * using memory = openSharedMemory(null, { size: RW_LOCK_SIZE + 8 });
 * memory.unlink();
 * using rwLock = new RwLock(memory.buffer);
 * const sum = new Float64Array(memory.buffer, RW_LOCK_SIZE, 1);
 * {
 *   using lock = await rwLock.acquireWrite({ timeout: 1000 });
 *   if (lock.ownerDied) lock.markConsistent(); // after a look at the data
 *   sum[0]! += 1.5;
 * }
 * {
 *   using _one = await rwLock.acquireRead();
 *   using _other = rwLock.acquireReadSync();
 *   assertEquals(sum[0], 1.5);
 *   assertEquals(rwLock.tryAcquireWrite(), undefined);
 * }
 * ```
 */
export class RwLock {
  readonly #hold: RwHold;

  static {
    namedRwLock = (named, options) =>
      new RwLock(named.mapping.buffer, 0, options, named);
  }

  /**
   * Takes part in the lock at a place in memory, or makes it of bytes that are
   * zero.
   *
   * Requires `--allow-ffi`.
   *
   * @param buffer The memory, such as `SharedMemory.buffer`, or a
   * `SharedArrayBuffer` for the workers of one process.
   * @param byteOffset Where in it, a multiple of 8.
   * @param options How to wait.
   * @throws {TypeError} If the buffer is none, or its length can change, or
   * something else is there.
   * @throws {RangeError} If the offset is no multiple of 8, or the lock would
   * not fit.
   * @throws {Deno.errors.NotSupported} If the lock was made in another pid or
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
    const kind = "reader-writer lock";
    const words = place(kind, buffer, byteOffset, RW_LOCK_SIZE, name);
    this.#hold = new RwHold(words, named, wait);
  }

  /** The name, or `null` of a lock that is in its user's memory. */
  get name(): string | null {
    return this.#hold.handle.named?.name ?? null;
  }

  /** Whether opening it created the object of its name. */
  get created(): boolean {
    return this.#hold.handle.named?.created ?? false;
  }

  /**
   * Acquires it to read, and waits until no writer writes or waits. It does
   * not block the event loop: another thread sleeps, in turns of 30
   * milliseconds, which is how long giving up may take.
   *
   * @param options When to give up.
   * @returns What releases it.
   * @throws {Deno.errors.TimedOut} If it cannot be had in time.
   * @throws {Deno.errors.BadResource} If it, or its memory, is closed, now or
   * meanwhile.
   * @throws {unknown} The signal's reason, if it is aborted. Nothing is held.
   */
  async acquireRead(options?: LockWaitOptions): Promise<ReadLock> {
    options?.signal?.throwIfAborted();
    const timeout = checkTimeout(options?.timeout);
    return await this.#hold.read(options?.signal, timeout);
  }

  /**
   * Acquires it to read, and waits until no writer writes or waits. It blocks
   * the thread. If this object reads already, it does not wait.
   *
   * @param options When to give up.
   * @returns What releases it.
   * @throws {Error} With code `EDEADLK` if this thread writes.
   * @throws {Deno.errors.TimedOut} If it cannot be had in time.
   * @throws {Deno.errors.BadResource} If it, or its memory, is closed.
   */
  acquireReadSync(options?: LockWaitSyncOptions): ReadLock {
    return this.#hold.readSync(checkTimeout(options?.timeout));
  }

  /**
   * Acquires it to read, if no writer writes or waits who lives.
   *
   * @returns What releases it, or `undefined`.
   * @throws {Deno.errors.BadResource} If it, or its memory, is closed.
   */
  tryAcquireRead(): ReadLock | undefined {
    return this.#hold.tryRead();
  }

  /**
   * Acquires it to write, and waits until nobody reads or writes. It does not
   * block the event loop: another thread sleeps, in turns of 30 milliseconds,
   * which is how long giving up may take.
   *
   * @param options When to give up.
   * @returns What releases it.
   * @throws {Deno.errors.TimedOut} If it cannot be had in time.
   * @throws {Deno.errors.BadResource} If it, or its memory, is closed, now or
   * meanwhile.
   * @throws {unknown} The signal's reason, if it is aborted. Nothing is held.
   */
  async acquireWrite(options?: LockWaitOptions): Promise<WriteLock> {
    options?.signal?.throwIfAborted();
    const timeout = checkTimeout(options?.timeout);
    return await this.#hold.write(options?.signal, timeout);
  }

  /**
   * Acquires it to write, and waits until nobody reads or writes. It blocks
   * the thread.
   *
   * @param options When to give up.
   * @returns What releases it.
   * @throws {Error} With code `EDEADLK` if this thread reads or writes.
   * @throws {Deno.errors.TimedOut} If it cannot be had in time.
   * @throws {Deno.errors.BadResource} If it, or its memory, is closed.
   */
  acquireWriteSync(options?: LockWaitSyncOptions): WriteLock {
    return this.#hold.writeSync(checkTimeout(options?.timeout));
  }

  /**
   * Acquires it to write, if nobody reads or writes who lives.
   *
   * @returns What releases it, or `undefined`.
   * @throws {Deno.errors.BadResource} If it, or its memory, is closed.
   */
  tryAcquireWrite(): WriteLock | undefined {
    return this.#hold.tryWrite();
  }

  /**
   * Removes the name. The lock stays until the last process that has it open
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
   * Lets go of it in this process. Readers release it; if it is held to write,
   * the next holder is told that its owner died; waits that are pending reject
   * with `Deno.errors.BadResource`. Doing so again does nothing.
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
