/** What is held to be true of files, and of memory and limits. */

import { Errno } from "../../libc/errno.ts";
import { DIRENT64 } from "../../libc/dirent.ts";
import * as fcntl from "../../libc/fcntl.ts";
import * as lock from "../../libc/file_lock.ts";
import * as mode from "../../libc/file_mode.ts";
import * as mman from "../../libc/mman.ts";
import * as mqueue from "../../libc/mqueue.ts";
import * as recordLock from "../../libc/record_lock.ts";
import * as resource from "../../libc/resource.ts";
import * as semaphore from "../../libc/semaphore.ts";
import * as stat from "../../libc/stat.ts";
import { STATVFS } from "../../libc/statvfs.ts";
import * as unistd from "../../libc/unistd.ts";
import { pick } from "./header.ts";
import type { Header } from "./header.ts";

/** The headers of files, and of memory and limits. */
export const fileHeaders: readonly Header[] = [
  { include: "errno.h", constants: Errno },
  {
    include: "fcntl.h",
    constants: {
      ...pick(fcntl, "O_RDONLY", "O_WRONLY", "O_RDWR", "O_ACCMODE"),
      ...pick(fcntl, "O_CREAT", "O_EXCL", "O_CLOEXEC", "O_NONBLOCK"),
      ...pick(fcntl, "O_NOFOLLOW", "FD_CLOEXEC", "F_GETFD", "F_SETFD"),
      ...pick(fcntl, "F_GETFL", "F_SETFL", "F_DUPFD_CLOEXEC"),
      ...pick(recordLock, "F_OFD_SETLK", "F_WRLCK", "F_UNLCK", "SEEK_SET"),
    },
    structs: { "struct flock": recordLock.FLOCK },
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
    include: "fcntl.h",
    constants: pick(mode, "AT_FDCWD", "AT_SYMLINK_NOFOLLOW"),
  },
  { include: "sys/file.h", constants: pick(lock, "LOCK_EX", "LOCK_NB") },
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
    include: "limits.h",
    on: "linux",
    constants: {
      ...pick(mqueue, "MQ_PRIO_MAX"),
      "1 + NAME_MAX": mqueue.MQ_NAME_MAX,
    },
  },
  {
    include: "dirent.h",
    on: "linux",
    structs: { "struct dirent64": DIRENT64 },
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
    include: "sys/resource.h",
    constants: {
      ...pick(resource, "RLIMIT_NOFILE"),
      "(intptr_t)RLIM_INFINITY": resource.RLIM_INFINITY,
    },
    structs: { "struct rlimit": resource.RLIMIT },
  },
  {
    include: "sys/resource.h",
    on: "linux",
    constants: pick(resource, "RLIMIT_MSGQUEUE"),
  },
  {
    include: "sys/stat.h",
    constants: {
      ...pick(stat, "S_IFMT", "S_IFLNK", "S_IFIFO", "S_IFREG"),
      ...pick(stat, "S_IFSOCK"),
    },
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
  { include: "unistd.h", constants: pick(unistd, "_SC_PAGESIZE") },
];
