import type { WaitStrategy } from "@ipc/libc";
import type { AcquireOptions, AcquireSyncOptions } from "./semaphore.ts";

/**
 * How to use System V semaphores: options of
 * {@linkcode SysvSemaphore.fromId}.
 */
export interface SysvSemaphoreOptions {
  /**
   * Whether values can be changed. If not, the semaphores can be looked at,
   * and waited for to be zero.
   *
   * @default {true}
   */
  write?: boolean;
  /**
   * Whether the system undoes what this process has done when it ends, however
   * it ends, unless an operation says otherwise: `SEM_UNDO`. It counts for the
   * process, not for the thread.
   *
   * @default {false}
   */
  undo?: boolean;
  /**
   * How to wait: `"adaptive"` looks again for a moment before it sleeps, as
   * long as that pays; `"block"` sleeps at once.
   *
   * @default {"adaptive"}
   */
  wait?: WaitStrategy;
}

/** Which semaphore of a set is meant. */
export interface SysvIndexOptions {
  /**
   * The number of the semaphore in its set, from 0.
   *
   * @default {0}
   */
  index?: number | undefined;
}

/** Options of {@linkcode SysvSemaphore.tryAcquire} and `release`. */
export interface SysvChangeOptions extends SysvIndexOptions {
  /**
   * Whether the system undoes it when this process ends: `SEM_UNDO`. Without
   * it, as the semaphore was opened.
   *
   * @default {undefined}
   */
  undo?: boolean | undefined;
}

/** Options of {@linkcode SysvSemaphore.acquireSync}. */
export interface SysvAcquireSyncOptions
  extends SysvChangeOptions, AcquireSyncOptions {}

/** Options of {@linkcode SysvSemaphore.acquire}. */
export interface SysvAcquireOptions extends SysvChangeOptions, AcquireOptions {}

/** Options of {@linkcode SysvSemaphore.waitForZeroSync}. */
export interface SysvZeroSyncOptions
  extends SysvIndexOptions, AcquireSyncOptions {}

/** Options of {@linkcode SysvSemaphore.waitForZero}. */
export interface SysvZeroOptions extends SysvIndexOptions, AcquireOptions {}

/** One operation of {@linkcode SysvSemaphore.semop}. */
export interface SysvOperation extends SysvChangeOptions {
  /**
   * What to do: take, if it is negative, and wait until the value allows it;
   * give, if it is positive; or wait until the value is 0, if it is 0. From
   * −32,767 to 32,767.
   */
  delta: number;
  /**
   * Gives up all operations rather than wait for this one: `IPC_NOWAIT`.
   *
   * @default {false}
   */
  noWait?: boolean;
}

/** What the system knows of System V semaphores. */
export interface SysvSemaphoreStat {
  /** The key, 0 for private semaphores. */
  readonly key: number;
  /** The id. */
  readonly id: number;
  /** The owner's user number. */
  readonly uid: number;
  /** The owner's group number. */
  readonly gid: number;
  /** The creator's user number. */
  readonly cuid: number;
  /** The creator's group number. */
  readonly cgid: number;
  /** The permission bits, such as `0o600`. */
  readonly mode: number;
  /** How many semaphores the set has. */
  readonly nsems: number;
  /** When the last operation was, to the second; `null` if none was. */
  readonly lastOperationTime: Date | null;
  /**
   * When it was created, changed by `set`, or its values were set, to the
   * second.
   */
  readonly lastChangeTime: Date | null;
}

/** Changes to a System V object; what is left out stays as it is. */
export interface SysvPermissionChanges {
  /**
   * The user number of its new owner.
   *
   * @default {undefined}
   */
  uid?: number;
  /**
   * The group number of its new owner.
   *
   * @default {undefined}
   */
  gid?: number;
  /**
   * The permission bits, such as `0o660`.
   *
   * @default {undefined}
   */
  mode?: number;
}
