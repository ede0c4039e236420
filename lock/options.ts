import type { WaitOptions, WaitStrategy } from "@ipc/libc";

/** Options of a lock that is placed in memory. */
export interface LockOptions {
  /**
   * How to wait: `"adaptive"` looks again for up to some 60 microseconds
   * before it sleeps, as long as that pays; `"block"` sleeps at once.
   *
   * @default {"adaptive"}
   */
  wait?: WaitStrategy;
}

/** Options of what opens a lock by its name. */
export interface OpenLockOptions {
  /**
   * Creates it if there is none of this name.
   *
   * @default {false}
   */
  create?: boolean;
  /**
   * Creates it, and fails if there is one of this name. It is implied when the
   * name is `null`.
   *
   * @default {false}
   */
  createNew?: boolean;
  /**
   * The permission bits of a new one, less those of the process's umask. A
   * process needs to read and to write to use it.
   *
   * @default {0o600}
   */
  mode?: number;
  /**
   * How to wait: `"adaptive"` looks again for up to some 60 microseconds
   * before it sleeps, as long as that pays; `"block"` sleeps at once.
   *
   * @default {"adaptive"}
   */
  wait?: WaitStrategy;
}

/** Options of what waits, and does not block the event loop. */
export interface LockWaitOptions extends WaitOptions {}

/** Options of what waits, and blocks the thread. */
export interface LockWaitSyncOptions {
  /**
   * How long to wait at most, in milliseconds; 0 tries once. Without it, it
   * waits for ever.
   *
   * @default {undefined}
   */
  timeout?: number | undefined;
}
