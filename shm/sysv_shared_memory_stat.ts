import type { SysvPermissionChanges } from "./sysv_operation.ts";

/** Options of {@linkcode SysvSharedMemory.fromId}. */
export interface SysvSharedMemoryOptions {
  /**
   * Whether the memory can be written.
   *
   * @default {true}
   */
  write?: boolean;
}

/** Changes to System V shared memory; what is left out stays as it is. */
export interface SysvSharedMemoryChanges extends SysvPermissionChanges {
  /**
   * Whether it is kept in memory, out of reach of swap: `SHM_LOCK`. That
   * counts against `RLIMIT_MEMLOCK`, as `ulimit -l` shows it. Linux only.
   *
   * @default {undefined}
   */
  locked?: boolean;
}

/** What the system knows of System V shared memory. */
export interface SysvSharedMemoryStat {
  /** The key, 0 for private memory, and on Linux for removed one. */
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
  /** The size in bytes. */
  readonly size: number;
  /** How many times it is attached, by all processes: `shm_nattch`. */
  readonly attachments: number;
  /** The process that created it. */
  readonly creatorPid: number;
  /** The process that attached or detached it last; `null` if none did. */
  readonly lastPid: number | null;
  /** When it was last attached, to the second; `null` if it never was. */
  readonly lastAttachTime: Date | null;
  /** When it was last detached, to the second; `null` if it never was. */
  readonly lastDetachTime: Date | null;
  /** When it was created, or changed by `set`, to the second. */
  readonly lastChangeTime: Date | null;
  /** Whether it was removed, and goes with its last attachment: `SHM_DEST`. */
  readonly removed: boolean;
  /** Whether it is kept in memory: `SHM_LOCKED`. */
  readonly locked: boolean;
}
