/**
 * What `libc/` holds to be true of the C headers: one entry for each header,
 * whose values are those of the one place in `libc/` where they stand.
 */

import * as epoll from "../../libc/epoll.ts";
import { Errno } from "../../libc/errno.ts";
import * as fcntl from "../../libc/fcntl.ts";
import * as mman from "../../libc/mman.ts";
import { systemName } from "../../libc/platform.ts";
import * as poll from "../../libc/poll.ts";
import * as semaphore from "../../libc/semaphore.ts";
import * as stat from "../../libc/stat.ts";
import { STATVFS } from "../../libc/statvfs.ts";
import * as time from "../../libc/time.ts";
import * as unistd from "../../libc/unistd.ts";

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

/** Some constants of a file of `libc/`, which bear the names they have in C. */
function pick<T, const N extends keyof T>(file: T, ...names: N[]): Pick<T, N> {
  return Object.fromEntries(
    names.map((name) => [name, file[name]]),
  ) as Pick<T, N>;
}

/** What is held to be true of every header that `libc/` uses. */
export const headers: readonly Header[] = [
  { include: "errno.h", constants: Errno },
  {
    include: "fcntl.h",
    constants: {
      ...pick(fcntl, "O_RDONLY", "O_WRONLY", "O_RDWR", "O_ACCMODE"),
      ...pick(fcntl, "O_CREAT", "O_EXCL", "O_CLOEXEC", "O_NONBLOCK"),
      ...pick(fcntl, "O_NOFOLLOW", "FD_CLOEXEC", "F_GETFD", "F_SETFD"),
      ...pick(fcntl, "F_GETFL", "F_SETFL", "F_DUPFD_CLOEXEC"),
    },
  },
  {
    include: "fcntl.h",
    on: "linux",
    constants: {
      ...pick(fcntl, "F_SETPIPE_SZ", "F_GETPIPE_SZ"),
      ...pick(stat, "AT_EMPTY_PATH", "AT_SYMLINK_NOFOLLOW", "AT_FDCWD"),
    },
  },
  {
    include: "limits.h",
    constants: pick(unistd, "PIPE_BUF"),
  },
  {
    include: "limits.h",
    on: "linux",
    // A slash, and "sem." in the name of the file behind a semaphore.
    constants: {
      "NAME_MAX + 1": mman.SHM_NAME_MAX,
      'NAME_MAX + 1 - (sizeof("sem.") - 1)': semaphore.SEM_NAME_MAX,
    },
  },
  {
    include: "poll.h",
    constants: pick(poll, "POLLIN", "POLLOUT", "POLLHUP"),
    structs: { "struct pollfd": poll.POLLFD },
  },
  {
    include: "semaphore.h",
    constants: {
      ...pick(semaphore, "SEM_VALUE_MAX"),
      "(intptr_t)SEM_FAILED": semaphore.SEM_FAILED,
    },
  },
  {
    include: "semaphore.h",
    on: "linux",
    constants: { "sizeof(sem_t)": semaphore.SEM_SIZE },
  },
  {
    include: "sys/epoll.h",
    on: "linux",
    constants: {
      ...pick(epoll, "EPOLL_CLOEXEC", "EPOLL_CTL_ADD", "EPOLL_CTL_DEL"),
      ...pick(epoll, "EPOLL_CTL_MOD"),
    },
    structs: { "struct epoll_event": epoll.EPOLL_EVENT },
  },
  {
    include: "sys/mman.h",
    constants: {
      ...pick(mman, "PROT_READ", "PROT_WRITE", "MAP_SHARED", "MAP_PRIVATE"),
      ...pick(mman, "MAP_NORESERVE"),
      "(intptr_t)MAP_FAILED": mman.MAP_FAILED,
    },
  },
  {
    include: "sys/stat.h",
    constants: pick(stat, "S_IFMT", "S_IFLNK", "S_IFIFO", "S_IFREG"),
  },
  {
    include: "sys/stat.h",
    on: "darwin",
    structs: { "struct stat": stat.STAT },
  },
  {
    include: "sys/stat.h",
    on: "linux",
    constants: pick(stat, "STATX_BASIC_STATS"),
    structs: { "struct statx": stat.STATX },
  },
  { include: "sys/statvfs.h", structs: { "struct statvfs": STATVFS } },
  {
    include: "time.h",
    constants: pick(time, "CLOCK_MONOTONIC", "CLOCK_REALTIME"),
    structs: { "struct timespec": time.TIMESPEC },
  },
  { include: "unistd.h", constants: pick(unistd, "_SC_PAGESIZE") },
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
