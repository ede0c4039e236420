import { checkTimeout } from "@ipc/libc";
import type { WaitOptions } from "@ipc/libc";
import { checkOperations } from "./_sysv_options.ts";
import { checkIndex, describeSet } from "./_sysv_set.ts";
import { operations, SysvWaits } from "./_sysv_waits.ts";
import type { Operations } from "./_sysv_waits.ts";
import type { AcquireSyncOptions } from "./semaphore.ts";
import type {
  SysvIndexOptions,
  SysvOperation,
  SysvSemaphoreOptions,
  SysvZeroOptions,
  SysvZeroSyncOptions,
} from "./sysv_operation.ts";
import { SysvSemaphoreHandle } from "./sysv_semaphore_handle.ts";

/**
 * What only System V semaphores can: the part of {@linkcode SysvSemaphore}
 * that waits for zero, and operates on several semaphores at once.
 */
export abstract class SysvSemaphoreOperations extends SysvSemaphoreHandle {
  /** Whether it was opened for looking only. */
  readonly readOnly: boolean;
  /**
   * Whether the system undoes what this process has done when it ends, unless
   * an operation says otherwise.
   */
  readonly undo: boolean;
  /**
   * What is tried and waited for.
   *
   * @ignore
   */
  protected readonly waits: SysvWaits;

  /**
   * Use {@linkcode openSysvSemaphore}.
   *
   * @ignore
   */
  constructor(
    id: number,
    key: number | undefined,
    created: boolean,
    nsems: number | undefined,
    options: Required<SysvSemaphoreOptions>,
  ) {
    super(id, key, created, nsems);
    this.readOnly = !options.write;
    this.undo = options.undo;
    const what = describeSet(id, key);
    this.waits = new SysvWaits(id, what, nsems, options.wait);
  }

  /**
   * Waits until a value is zero. It does not block the event loop.
   *
   * `semop(2)`.
   *
   * @param options Of which semaphore, and when to give up.
   * @throws {RangeError} If there is no semaphore of that number.
   * @throws {Deno.errors.TimedOut} If it is not zero in time.
   * @throws {Deno.errors.NotFound} With code `EIDRM` if they were removed, now
   * or meanwhile.
   * @throws {Deno.errors.PermissionDenied} If their mode forbids to read.
   * @throws {Deno.errors.BadResource} If it is closed, now or meanwhile.
   * @throws {unknown} The signal's reason, if it is aborted.
   */
  async waitForZero(options?: SysvZeroOptions): Promise<void> {
    options?.signal?.throwIfAborted();
    const timeout = checkTimeout(options?.timeout);
    const { turns } = this.waits;
    if (turns.isDue()) await turns.give(options?.signal);
    const subject = this.#zero(options);
    await this.wait(subject, timeout, options?.signal);
  }

  /**
   * Blocks the thread until a value is zero.
   *
   * `semop(2)`, `semtimedop(2)`.
   *
   * @param options Of which semaphore, and when to give up.
   * @throws {RangeError} If there is no semaphore of that number.
   * @throws {Deno.errors.TimedOut} If it is not zero in time.
   * @throws {Deno.errors.NotFound} With code `EIDRM` if they were removed, now
   * or meanwhile.
   * @throws {Deno.errors.PermissionDenied} If their mode forbids to read.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  waitForZeroSync(options?: SysvZeroSyncOptions): void {
    const timeout = checkTimeout(options?.timeout);
    this.#run(this.#zero(options), timeout);
  }

  /**
   * Finds out whether a value is zero.
   *
   * `semop(2)` with `IPC_NOWAIT`.
   *
   * @param options Of which semaphore.
   * @returns Whether it is.
   * @throws {RangeError} If there is no semaphore of that number.
   * @throws {Deno.errors.NotFound} With code `EIDRM` if they were removed.
   * @throws {Deno.errors.PermissionDenied} If their mode forbids to read.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  tryWaitForZero(options?: SysvIndexOptions): boolean {
    return this.waits.attempt(this.#zero(options)) ?? false;
  }

  /**
   * Makes several operations at one moment, all or none, and waits until that
   * is possible. It does not block the event loop.
   *
   * `semop(2)`.
   *
   * @param operations What to do, in this order: with several for one
   * semaphore, each meets what those before it leave.
   * @param options When to give up.
   * @throws {RangeError} If a number is out of range.
   * @throws {TypeError} If there is no operation.
   * @throws {Deno.errors.WouldBlock} If one with `noWait` would have to wait.
   * Where only some have `noWait`, it takes permission to read to find out.
   * @throws {Error} With code `E2BIG` if there are more operations than the
   * system allows at a time, or `ERANGE` if a value would be above its limit.
   * @throws {Deno.errors.TimedOut} If they are not possible in time.
   * @throws {Deno.errors.NotFound} With code `EIDRM` if they were removed, now
   * or meanwhile.
   * @throws {Deno.errors.PermissionDenied} If the mode forbids it, or they
   * were opened with `write: false`.
   * @throws {Deno.errors.BadResource} If it is closed, now or meanwhile.
   * @throws {unknown} The signal's reason, if it is aborted. Nothing is done.
   */
  async semop(
    operations: readonly SysvOperation[],
    options?: WaitOptions,
  ): Promise<void> {
    options?.signal?.throwIfAborted();
    const timeout = checkTimeout(options?.timeout);
    const { turns } = this.waits;
    if (turns.isDue()) await turns.give(options?.signal);
    const subject = this.#several(operations);
    await this.wait(subject, timeout, options?.signal);
  }

  /**
   * Makes several operations at one moment, all or none, and blocks the thread
   * until that is possible.
   *
   * `semop(2)`, `semtimedop(2)`.
   *
   * @param operations What to do, in this order.
   * @param options When to give up.
   * @throws {unknown} Whatever `semop` rejects with.
   */
  semopSync(
    operations: readonly SysvOperation[],
    options?: AcquireSyncOptions,
  ): void {
    const timeout = checkTimeout(options?.timeout);
    this.#run(this.#several(operations), timeout);
  }

  /**
   * Makes several operations at one moment, all or none, if that is possible
   * now.
   *
   * `semop(2)` with `IPC_NOWAIT`.
   *
   * @param operations What to do, in this order.
   * @returns Whether they were made.
   * @throws {unknown} Whatever `semop` rejects with, but for `WouldBlock`.
   */
  trySemop(operations: readonly SysvOperation[]): boolean {
    const subject = this.#several(
      operations.map((operation) => ({ ...operation, noWait: false })),
    );
    return this.waits.attempt(subject) ?? false;
  }

  /** @ignore */
  protected override stop(): void {
    this.waits.transfers.close();
  }

  /** @ignore */
  protected override checkWritable(verb: string): void {
    this.checkOpen();
    if (!this.readOnly) return;
    throw new Deno.errors.PermissionDenied(
      `Cannot ${verb} ${this.what}: it was opened with write: false`,
    );
  }

  #zero(options: SysvIndexOptions | undefined): Operations {
    this.checkOpen();
    const index = checkIndex(options?.index ?? 0, this.nsems);
    return operations("wait for zero of", [index, 0, 0]);
  }

  #several(list: readonly SysvOperation[]): Operations {
    const words = checkOperations(list, this.nsems, this.undo);
    if (list.some(({ delta }) => delta !== 0)) this.checkWritable("operate on");
    else this.checkOpen();
    return operations("operate on", words);
  }

  /**
   * Tries, and if that fails waits in the event loop.
   *
   * @ignore
   */
  protected async wait(
    subject: Operations,
    timeout: number,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { transfers } = this.waits;
    if (transfers.isFree(subject) && this.waits.attempt(subject)) return;
    await transfers.wait(subject, signal, timeout);
  }

  /** Tries, and if that fails blocks the thread. */
  #run(subject: Operations, timeout: number): void {
    if (this.waits.attempt(subject)) return;
    this.waits.transfers.runLater(subject, timeout);
  }
}
