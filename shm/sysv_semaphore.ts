import { checkTimeout } from "@ipc/libc";
import { checkId, IPC_NOWAIT } from "@ipc/libc/sysv";
import { checkDelta, checkIndex, lookAtSet } from "./_sysv_set.ts";
import { checkSetOptions } from "./_sysv_options.ts";
import { emptyOperation, flagsOf, operations } from "./_sysv_waits.ts";
import type { Operations } from "./_sysv_waits.ts";
import type {
  SysvAcquireOptions,
  SysvAcquireSyncOptions,
  SysvChangeOptions,
  SysvSemaphoreOptions,
} from "./sysv_operation.ts";
import { SysvSemaphoreOperations } from "./sysv_semaphore_operations.ts";
import { SysvSemaphoreLock } from "./sysv_semaphore_lock.ts";

/**
 * A set of System V semaphores, mostly of one: counts that processes take from
 * and give to by any amount, and wait for, alone or several at once.
 *
 * The kernel keeps the set until it is removed, also while nobody uses it:
 * look for forgotten ones with `ipcs -s`. Every operation is a call of the
 * system: where nobody has to wait, a POSIX {@linkcode Semaphore} is several
 * times as fast. What only these can: undo what a process has done when it
 * dies (`undo`), take several at once or none, wait until a value is zero, and
 * tell who has it.
 *
 * A wait that does not block the event loop has a thread of its own, which
 * sleeps and costs nothing meanwhile, for up to 16 different waits at a time.
 * Those above look again by a timer, at most 30 milliseconds apart, as all do
 * on macOS. The sleep of a wait that is given up ends by a signal to its
 * thread, `SIGURG`, which does nothing else. Waits for the same operations are
 * served in order; others pass them, as in the kernel.
 *
 * @see {@link https://man7.org/linux/man-pages/man7/sysvipc.7.html | sysvipc(7)}
 *
 * @example A lock that is free again when its owner dies
 * ```ts
 * import { openSysvSemaphore } from "@ipc/shm";
 * import { assertEquals } from "@std/assert";
 *
 * using semaphore = openSysvSemaphore(null, { value: 1, undo: true });
 * {
 *   using _lock = await semaphore.acquire(1, { timeout: 1000 });
 *   assertEquals(semaphore.tryAcquire(), undefined); // one at a time
 * }
 * semaphore.acquireSync().release(); // free again
 * semaphore.remove();
 * ```
 *
 * @example A set
 * ```ts
 * import { openSysvSemaphore } from "@ipc/shm";
 * import { assertEquals } from "@std/assert";
 *
 * using forks = openSysvSemaphore(null, { nsems: 5, value: 1 });
 * // Both neighbours, or neither:
 * forks.semopSync([{ index: 4, delta: -1 }, { index: 0, delta: -1 }]);
 * assertEquals(forks.values(), [0, 1, 1, 1, 0]);
 * forks.remove();
 * ```
 */
export class SysvSemaphore extends SysvSemaphoreOperations {
  /** The operation that is being tried. */
  readonly #operation = emptyOperation();
  /** What was waited for last. */
  #waited = operations("acquire", this.#operation);

  /**
   * Uses the set of an id, such as a private one, or one that `ipcs -s` lists.
   * It does not wait until it has its values.
   *
   * `semctl(2)` with `IPC_STAT`.
   *
   * Requires `--allow-ffi`.
   *
   * @param id The id.
   * @param options How to use it.
   * @returns The semaphores.
   * @throws {Deno.errors.NotFound} With code `EIDRM` if there are none.
   * @throws {RangeError} If the id is not a whole number from 0.
   */
  static fromId(id: number, options: SysvSemaphoreOptions = {}): SysvSemaphore {
    checkId(id);
    const plan = checkSetOptions(options);
    const data = lookAtSet(id);
    const { permissions, nsems } = data ?? {};
    return new SysvSemaphore(id, permissions?.key, false, nsems, plan);
  }

  /**
   * Takes, and waits until the value is great enough. It does not block the
   * event loop.
   *
   * `semop(2)`.
   *
   * @param delta How much, from 1 to 32,767; all of it or nothing.
   * @param options Of which semaphore, and when to give up.
   * @returns What gives it back.
   * @throws {RangeError} If a number is out of range.
   * @throws {Deno.errors.TimedOut} If there is not so much in time.
   * @throws {Deno.errors.NotFound} With code `EIDRM` if they were removed, now
   * or meanwhile.
   * @throws {Deno.errors.PermissionDenied} If their mode forbids to write, or
   * they were opened with `write: false`.
   * @throws {Deno.errors.BadResource} If it is closed, now or meanwhile.
   * @throws {unknown} The signal's reason, if it is aborted. Nothing is taken.
   */
  async acquire(
    delta: number = 1,
    options?: SysvAcquireOptions,
  ): Promise<SysvSemaphoreLock> {
    options?.signal?.throwIfAborted();
    const timeout = checkTimeout(options?.timeout);
    const { transfers, turns } = this.waits;
    if (turns.isDue()) await turns.give(options?.signal);
    const lock = this.#lock(delta, options);
    if (
      !transfers.isIdle || !this.waits.tryOne(this.#operation, "acquire")
    ) await this.wait(this.#same(), timeout, options?.signal);
    return lock;
  }

  /**
   * Takes, and blocks the thread until the value is great enough.
   *
   * `semop(2)`, `semtimedop(2)`.
   *
   * @param delta How much, from 1 to 32,767; all of it or nothing.
   * @param options Of which semaphore, and when to give up.
   * @returns What gives it back.
   * @throws {RangeError} If a number is out of range.
   * @throws {Deno.errors.TimedOut} If there is not so much in time.
   * @throws {Deno.errors.NotFound} With code `EIDRM` if they were removed, now
   * or meanwhile.
   * @throws {Deno.errors.PermissionDenied} If their mode forbids to write, or
   * they were opened with `write: false`.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  acquireSync(
    delta: number = 1,
    options?: SysvAcquireSyncOptions,
  ): SysvSemaphoreLock {
    const timeout = checkTimeout(options?.timeout);
    const lock = this.#lock(delta, options);
    if (this.waits.transfers.blocks && timeout === Infinity) {
      this.waits.blockUntilDone(this.#same());
    } else if (!this.waits.tryOne(this.#operation, "acquire")) {
      this.waits.transfers.runLater(this.#same(), timeout);
    }
    return lock;
  }

  /**
   * Takes if the value is great enough now.
   *
   * `semop(2)` with `IPC_NOWAIT`.
   *
   * @param delta How much, from 1 to 32,767; all of it or nothing.
   * @param options Of which semaphore.
   * @returns What gives it back; `undefined` if there is not so much, or
   * another wait for the same comes first.
   * @throws {RangeError} If a number is out of range.
   * @throws {Deno.errors.NotFound} With code `EIDRM` if they were removed.
   * @throws {Deno.errors.PermissionDenied} If their mode forbids to write, or
   * they were opened with `write: false`.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  tryAcquire(
    delta: number = 1,
    options?: SysvChangeOptions,
  ): SysvSemaphoreLock | undefined {
    const lock = this.#lock(delta, options);
    return this.#try() ? lock : undefined;
  }

  /**
   * Gives, whoever took it, and wakes who can go on with it.
   *
   * `semop(2)`.
   *
   * @param delta How much, from 1 to 32,767.
   * @param options To which semaphore. To undo what was undone is up to the
   * caller: release with the same `undo` that was acquired with.
   * @throws {RangeError} If a number is out of range.
   * @throws {Error} With code `ERANGE` if the value would be above its limit,
   * 32,767. It stays as it was.
   * @throws {Deno.errors.NotFound} With code `EIDRM` if they were removed.
   * @throws {Deno.errors.PermissionDenied} If their mode forbids to write, or
   * they were opened with `write: false`.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  release(delta: number = 1, options?: SysvChangeOptions): void {
    if (delta !== 1) checkDelta(delta);
    const index = options?.index ?? 0;
    if (index !== 0) checkIndex(index, this.nsems);
    this.give(delta, index, options?.undo ?? this.undo);
  }

  /**
   * Gives what was checked.
   *
   * @ignore
   */
  give(delta: number, index: number, undo: boolean): void {
    this.checkWritable("release");
    this.#put(index, delta, undo);
    this.waits.tryOne(this.#operation, "release");
  }

  /** Puts the operation of a lock in place, and makes the lock. */
  #lock(
    delta: number,
    options: SysvChangeOptions | undefined,
  ): SysvSemaphoreLock {
    this.checkWritable("acquire");
    if (delta !== 1) checkDelta(delta);
    const index = options?.index ?? 0;
    if (index !== 0) checkIndex(index, this.nsems);
    const undo = options?.undo ?? this.undo;
    this.#put(index, -delta, undo);
    return new SysvSemaphoreLock(this, delta, index, undo);
  }

  /** Puts an operation in place, to be tried. */
  #put(index: number, delta: number, undo: boolean): void {
    const operation = this.#operation;
    operation[0] = index;
    operation[1] = delta;
    operation[2] = undo ? flagsOf(true, true) : IPC_NOWAIT;
  }

  /** The operation that is in place, which may wait now. */
  #same(): Operations {
    const { eager } = this.#waited;
    const operation = this.#operation;
    const [index, delta, flags] = [operation[0], operation[1], operation[2]];
    // Mostly the same is waited for again and again.
    if (eager[0] !== index || eager[1] !== delta || eager[2] !== flags) {
      const words = [index!, delta!, flags! & ~IPC_NOWAIT];
      this.#waited = operations("acquire", words);
    }
    return this.#waited;
  }

  #try(): boolean {
    const { transfers } = this.waits;
    if (!transfers.isIdle && !transfers.isFree(this.#same())) return false;
    return this.waits.tryOne(this.#operation, "acquire");
  }
}
