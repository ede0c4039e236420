import { checkInteger } from "@ipc/libc";
import {
  checkPermissions,
  GETNCNT,
  GETPID,
  GETVAL,
  GETZCNT,
  momentOf,
  semAsk,
  semRemove,
  semSet,
  semSetValue,
  semSetValues,
  semStat,
  semValues,
  SEMVMX,
  sysvFailure,
} from "@ipc/libc/sysv";
import { checkIndex, checkValue, describeSet } from "./_sysv_set.ts";
import type {
  SysvPermissionChanges,
  SysvSemaphoreStat,
} from "./sysv_operation.ts";

/**
 * What can be done with System V semaphores besides acquiring and releasing:
 * the part of {@linkcode SysvSemaphore} that looks at them and sets them.
 */
export abstract class SysvSemaphoreHandle {
  /** The id, by which every process can reach them. */
  readonly id: number;
  /**
   * The key, as C has it, with a sign: 0 for private semaphores, or
   * `undefined` for those that came as an id and that this process may not
   * read.
   */
  readonly key: number | undefined;
  /** Whether opening them created them. */
  readonly created: boolean;
  /**
   * How many semaphores the set has; `undefined` if this process may not read
   * them.
   */
  readonly nsems: number | undefined;
  #isClosed = false;

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
  ) {
    this.id = id;
    this.key = key;
    this.created = created;
    this.nsems = nsems;
  }

  /**
   * The value of the first semaphore at this moment. It may have changed by
   * the time it is looked at.
   *
   * `semctl(2)` with `GETVAL`.
   *
   * @throws {unknown} Whatever `values` throws.
   */
  get value(): number {
    return this.#ask(0, GETVAL);
  }

  /**
   * The values of all semaphores at one moment.
   *
   * `semctl(2)` with `GETALL`.
   *
   * @returns The values, each from 0 to 32,767.
   * @throws {Deno.errors.NotFound} With code `EIDRM` if they were removed.
   * @throws {Deno.errors.PermissionDenied} If their mode forbids to read.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  values(): number[] {
    this.checkOpen();
    const nsems = this.nsems ?? this.stat().nsems;
    const values = semValues(this.id, nsems);
    if (typeof values === "number") throw this.#lookFailure(values);
    return values;
  }

  /**
   * Sets the value of one semaphore, and wakes who can go on with it. What
   * processes would have undone of it at their end is forgotten.
   *
   * `semctl(2)` with `SETVAL`.
   *
   * @param value The value, from 0 to 32,767.
   * @param index Which semaphore.
   * @throws {RangeError} If a number is out of range.
   * @throws {Deno.errors.NotFound} With code `EIDRM` if they were removed.
   * @throws {Deno.errors.PermissionDenied} If their mode forbids to write, or
   * they were opened with `write: false`.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  setValue(value: number, index: number = 0): void {
    this.checkWritable("set the value of");
    checkValue(value);
    checkIndex(index, this.nsems);
    this.#checkSet(semSetValue(this.id, index, value), "set the value of");
  }

  /**
   * Sets the values of all semaphores at one moment, and wakes who can go on.
   * What processes would have undone of them at their end is forgotten.
   *
   * `semctl(2)` with `SETALL`.
   *
   * @param values One value for each semaphore, from 0 to 32,767.
   * @throws {RangeError} If there are more or fewer values than semaphores, or
   * one is out of range.
   * @throws {Deno.errors.NotFound} With code `EIDRM` if they were removed.
   * @throws {Deno.errors.PermissionDenied} If their mode forbids to write, or
   * they were opened with `write: false`.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  setAll(values: readonly number[]): void {
    const verb = "set the values of";
    this.checkWritable(verb);
    const nsems = this.nsems ?? this.stat().nsems;
    if (values.length !== nsems) {
      throw new RangeError(
        `Cannot ${verb} ${this.what}: it has ${nsems} semaphores, and there ` +
          `are ${values.length} values`,
      );
    }
    values.forEach((value) => checkInteger(value, "value", 0, SEMVMX));
    this.#checkSet(semSetValues(this.id, values), verb);
  }

  /**
   * The process that changed a semaphore last, or has waited for it to be
   * zero.
   *
   * `semctl(2)` with `GETPID`.
   *
   * @param index Which semaphore.
   * @returns The number of the process; `null` if there was none.
   * @throws {RangeError} If there is no semaphore of that number.
   * @throws {unknown} Whatever `values` throws.
   */
  lastPid(index: number = 0): number | null {
    return this.#ask(index, GETPID) || null;
  }

  /**
   * How many wait, in all processes, for a semaphore to have a greater value.
   *
   * `semctl(2)` with `GETNCNT`.
   *
   * @param index Which semaphore.
   * @returns Their number. Those that look again for a moment before they
   * sleep do not count.
   * @throws {RangeError} If there is no semaphore of that number.
   * @throws {unknown} Whatever `values` throws.
   */
  waitingForNonzero(index: number = 0): number {
    return this.#ask(index, GETNCNT);
  }

  /**
   * How many wait, in all processes, for a semaphore to be zero.
   *
   * `semctl(2)` with `GETZCNT`.
   *
   * @param index Which semaphore.
   * @returns Their number.
   * @throws {RangeError} If there is no semaphore of that number.
   * @throws {unknown} Whatever `values` throws.
   */
  waitingForZero(index: number = 0): number {
    return this.#ask(index, GETZCNT);
  }

  /**
   * Asks the system about the semaphores.
   *
   * `semctl(2)` with `IPC_STAT`.
   *
   * @returns What it knows.
   * @throws {Deno.errors.NotFound} With code `EIDRM` if they were removed.
   * @throws {Deno.errors.PermissionDenied} If their mode forbids to read.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  stat(): SysvSemaphoreStat {
    this.checkOpen();
    const data = semStat(this.id);
    if (typeof data === "number") throw this.#lookFailure(data);
    return {
      id: this.id,
      ...data.permissions,
      nsems: data.nsems,
      lastOperationTime: momentOf(data.operationTime),
      lastChangeTime: momentOf(data.changeTime),
    };
  }

  /**
   * Changes owner or permissions, and nothing that is not given.
   *
   * `semctl(2)` with `IPC_STAT` and `IPC_SET`.
   *
   * @param changes What to change.
   * @throws {RangeError} If a number is out of range.
   * @throws {Deno.errors.PermissionDenied} If this user is not their owner,
   * creator or root.
   * @throws {Deno.errors.NotFound} With code `EIDRM` if they were removed.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  set(changes: SysvPermissionChanges): void {
    this.checkOpen();
    checkPermissions(changes);
    const number = semSet(this.id, changes);
    if (number === 0) return;
    throw sysvFailure(number, "semctl", `change ${this.what}`, "to read");
  }

  /**
   * Removes the semaphores, at once and for everybody: who waits for them
   * anywhere gets an error. It works after `close`.
   *
   * `semctl(2)` with `IPC_RMID`.
   *
   * @throws {Deno.errors.NotFound} With code `EIDRM` if they were removed
   * before.
   * @throws {Deno.errors.PermissionDenied} If this user is not their owner,
   * creator or root.
   */
  remove(): void {
    const number = semRemove(this.id);
    if (number === 0) return;
    throw sysvFailure(number, "semctl", `remove ${this.what}`, "to write");
  }

  /**
   * Ends the use of this object; waits that are pending reject with
   * `Deno.errors.BadResource`. What was taken is not given back, and the
   * semaphores stay until they are removed. Doing so again does nothing.
   */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.stop();
  }

  /** Closes it. */
  [Symbol.dispose](): void {
    this.close();
  }

  /**
   * Ends what waits.
   *
   * @ignore
   */
  protected abstract stop(): void;

  /**
   * Refuses to change anything if it is closed or for looking only.
   *
   * @ignore
   */
  protected abstract checkWritable(verb: string): void;

  /**
   * What it is called in messages.
   *
   * @ignore
   */
  protected get what(): string {
    return describeSet(this.id, this.key);
  }

  /**
   * Refuses to go on if it is closed.
   *
   * @ignore
   */
  protected checkOpen(): void {
    if (!this.#isClosed) return;
    throw new Deno.errors.BadResource(`Cannot use ${this.what}: it is closed`);
  }

  #ask(index: number, command: number): number {
    this.checkOpen();
    checkIndex(index, this.nsems);
    const result = semAsk(this.id, index, command);
    if (result < 0) throw this.#lookFailure(-result);
    return result;
  }

  #lookFailure(number: number): Error {
    return sysvFailure(number, "semctl", `look at ${this.what}`, "to read");
  }

  #checkSet(number: number, verb: string): void {
    if (number === 0) return;
    throw sysvFailure(number, "semctl", `${verb} ${this.what}`, "to write");
  }
}
