/**
 * What `libc/` holds to be true of the C headers: one entry for each header,
 * whose values are those of the one place in `libc/` where they stand.
 */

import { Errno } from "../../libc/errno.ts";
import * as fcntl from "../../libc/fcntl.ts";
import * as mman from "../../libc/mman.ts";
import * as semaphore from "../../libc/semaphore.ts";
import * as stat from "../../libc/stat.ts";
import { STATVFS } from "../../libc/statvfs.ts";
import { CLOCK_MONOTONIC, CLOCK_REALTIME, TIMESPEC } from "../../libc/time.ts";
import { _SC_PAGESIZE } from "../../libc/unistd.ts";
import { systemName } from "../../libc/platform.ts";

/** What is held to be true of one header. */
export interface Header {
  /** Its name between angle brackets. */
  include: string;
  /** The only system that has it, or has what follows. */
  on?: "linux" | "darwin";
  /** Values, by the C expression for each; `undefined` is left out. */
  constants?: Readonly<Record<string, number | bigint | undefined>>;
  /** Tables of `size` and of the offset of each field, by C type. */
  structs?: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

const { O_RDONLY, O_RDWR, O_CREAT, O_EXCL, O_NONBLOCK_SHM } = fcntl;
const { FD_CLOEXEC, F_GETFD, F_SETFD, F_DUPFD_CLOEXEC } = fcntl;
const { PROT_READ, PROT_WRITE, MAP_SHARED, MAP_PRIVATE } = mman;
const { MAP_NORESERVE, MAP_FAILED, SHM_NAME_MAX } = mman;
const { SEM_FAILED, SEM_NAME_MAX, SEM_SIZE, SEM_VALUE_MAX } = semaphore;
const { AT_EMPTY_PATH, S_IFMT, S_IFREG, STAT, STATX } = stat;
const { STATX_BASIC_STATS } = stat;

/** What is held to be true of every header that `libc/` uses. */
export const headers: readonly Header[] = [
  { include: "errno.h", constants: Errno },
  {
    include: "fcntl.h",
    constants: {
      O_RDONLY,
      O_RDWR,
      O_CREAT,
      O_EXCL,
      FD_CLOEXEC,
      F_GETFD,
      F_SETFD,
      F_DUPFD_CLOEXEC,
    },
  },
  {
    include: "fcntl.h",
    on: "linux",
    constants: { O_NONBLOCK: O_NONBLOCK_SHM, AT_EMPTY_PATH },
  },
  {
    include: "limits.h",
    on: "linux",
    // A slash, and "sem." in the name of the file behind a semaphore.
    constants: {
      "NAME_MAX + 1": SHM_NAME_MAX,
      'NAME_MAX + 1 - (sizeof("sem.") - 1)': SEM_NAME_MAX,
    },
  },
  {
    include: "semaphore.h",
    constants: { SEM_VALUE_MAX, "(intptr_t)SEM_FAILED": SEM_FAILED },
  },
  {
    include: "semaphore.h",
    on: "linux",
    constants: { "sizeof(sem_t)": SEM_SIZE },
  },
  {
    include: "sys/mman.h",
    constants: {
      PROT_READ,
      PROT_WRITE,
      MAP_SHARED,
      MAP_PRIVATE,
      MAP_NORESERVE,
      "(intptr_t)MAP_FAILED": MAP_FAILED,
    },
  },
  { include: "sys/stat.h", constants: { S_IFMT, S_IFREG } },
  { include: "sys/stat.h", on: "darwin", structs: { "struct stat": STAT } },
  {
    include: "sys/stat.h",
    on: "linux",
    constants: { STATX_BASIC_STATS },
    structs: { "struct statx": STATX },
  },
  { include: "sys/statvfs.h", structs: { "struct statvfs": STATVFS } },
  {
    include: "time.h",
    constants: { CLOCK_MONOTONIC, CLOCK_REALTIME },
    structs: { "struct timespec": TIMESPEC },
  },
  { include: "unistd.h", constants: { _SC_PAGESIZE } },
];

/** One of the things held to be true. */
export interface Fact {
  /** A C expression. */
  expression: string;
  /** The value it is to have, as 64 bits with a sign. */
  value: number;
}

/** The headers there are on this system. */
export function includes(): string[] {
  return [...new Set(present().map(({ include }) => include))];
}

/** All that is held to be true on this system. */
export function facts(): Fact[] {
  return present().flatMap(({ constants = {}, structs = {} }) => [
    ...Object.entries(constants).map(([expression, value]) => ({
      expression,
      value,
    })),
    ...Object.entries(structs).flatMap(([type, { size, ...offsets }]) => [
      { expression: `sizeof(${type})`, value: size },
      ...Object.entries(offsets).map(([field, value]) => ({
        expression: `offsetof(${type}, ${field})`,
        value,
      })),
    ]),
  ]).flatMap(({ expression, value }) =>
    value === undefined
      ? []
      : [{ expression, value: Number(BigInt.asIntN(64, BigInt(value))) }]
  );
}

function present(): Header[] {
  return headers.filter(({ on }) => on === undefined || on === systemName);
}
