/*
 * The mutex of @ipc/lock for C, on the same bytes: see lock/LAYOUT.md.
 * Linux; C11 or later. One thread is one owner. Timeouts are milliseconds,
 * -1 waits for ever.
 */
#ifndef IPC_LOCK_H
#define IPC_LOCK_H

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define IPC_THREAD 0x3fffffffu
#define IPC_OWNER_DIED 0x40000000u
#define IPC_WAITERS 0x80000000u
#define IPC_SLICE 25

typedef struct {
  _Atomic uint32_t kind;      /* "MTX", and the version 1 */
  _Atomic uint32_t namespace; /* where thread numbers mean the same */
  _Atomic uint32_t state;     /* owner, IPC_OWNER_DIED, IPC_WAITERS */
  uint32_t reserved;          /* 0 */
} ipc_mutex;

static _Thread_local uint32_t ipc_own;   /* the number of this thread */
static _Thread_local uint32_t ipc_owned; /* how many locks it holds */

static inline ssize_t ipc_read(const char *path, char *text, size_t size) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  ssize_t count = fd == -1 ? -1 : read(fd, text, size - 1);
  if (fd != -1) close(fd);
  text[count > 0 ? count : 0] = 0;
  return count;
}

/* Whether /proc is that of this pid namespace: then a process has one number. */
static inline int ipc_has_proc(void) {
  char text[4096], *line;
  int length = 0;
  return ipc_read("/proc/self/status", text, sizeof text) > 0 &&
         (line = strstr(text, "\nNSpid:\t")) &&
         sscanf(line + 8, "%*d%n", &length) == 0 && line[8 + length] == '\n';
}

/* 1 + start time % 255; 0 of a thread that has ended; -1 if nobody tells. */
static inline int ipc_mark(uint32_t thread) {
  char path[48], line[1024], state, *end;
  unsigned long long start;
  snprintf(path, sizeof path, "/proc/%u/task/%u/stat", thread, thread);
  if (!ipc_has_proc() || ipc_read(path, line, sizeof line) <= 0) return -1;
  if (!(end = strrchr(line, ')')) ||
      sscanf(end + 1,
             " %c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s "
             "%*s %*s %*s %llu",
             &state, &start) != 2)
    return -1;
  return state == 'Z' || state == 'X' || state == 'x' ? 0 : 1 + start % 255;
}

/* A child of fork is another thread, which owns nothing. */
static inline void ipc_forked(void) { ipc_own = ipc_owned = 0; }

static inline uint32_t ipc_thread(void) {
  static atomic_flag prepared = ATOMIC_FLAG_INIT;
  if (ipc_own) return ipc_own;
  if (!atomic_flag_test_and_set(&prepared)) pthread_atfork(0, 0, ipc_forked);
  uint32_t thread = syscall(SYS_gettid);
  int mark = ipc_mark(thread);
  return ipc_own = thread | (uint32_t)(mark > 0 ? mark : 0) << 22;
}

static inline int ipc_is_alive(uint32_t id) {
  uint32_t thread = id & 0x3fffff, mark = id >> 22 & 0xff;
  if (!thread || (kill(thread, 0) && errno == ESRCH)) return 0;
  int now = ipc_mark(thread);
  return now == -1 || (now != 0 && (mark == 0 || mark == (uint32_t)now));
}

static inline uint32_t ipc_namespace(void) {
  struct stat pid = {0}, time = {0};
  stat("/proc/self/ns/pid", &pid);
  stat("/proc/self/ns/time", &time);
  uint32_t sum = (uint32_t)pid.st_ino + 31 * (uint32_t)time.st_ino;
  return sum ? sum : 1;
}

/* Claims bytes that are zero, or finds such a lock: 0, EINVAL or ENOTSUP. */
static inline int ipc_open(_Atomic uint32_t *head, const char *letters) {
  uint32_t kind = 0, space = 0, own = ipc_namespace();
  const uint32_t mine = letters[0] | letters[1] << 8 | letters[2] << 16 | 1u << 24;
  if (!atomic_compare_exchange_strong(&head[0], &kind, mine) && kind != mine)
    return EINVAL;
  if (!atomic_compare_exchange_strong(&head[1], &space, own) && space != own)
    return ENOTSUP;
  return 0;
}

static inline long ipc_futex(_Atomic uint32_t *word, int op, uint32_t value,
                             long milliseconds) {
  struct timespec time = {milliseconds / 1000,
                          milliseconds % 1000 * 1000000};
  return syscall(SYS_futex, word, op, value, &time, 0, 0);
}

static inline long ipc_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* How long to sleep at most: 0 if it is too late. */
static inline long ipc_slice(long timeout, long deadline) {
  long left = timeout < 0 ? IPC_SLICE : deadline - ipc_now();
  return left < 0 ? 0 : left < IPC_SLICE ? left : IPC_SLICE;
}

/* A number that is one's own, of a thread that owns nothing, is dead too. */
static inline int ipc_is_dead(uint32_t owner) {
  return owner == ipc_thread() ? ipc_owned == 0 : !ipc_is_alive(owner);
}

/* Takes a state that has an owner, whatever the lock. */
static inline int ipc_take(_Atomic uint32_t *state, long timeout) {
  uint32_t own = ipc_thread(), waiters = 0, seen = 0;
  long deadline = timeout > 0 ? ipc_now() + timeout : 0;
  if (atomic_compare_exchange_strong(state, &seen, own))
    return ipc_owned++, 0;
  for (;;) {
    uint32_t owner = seen & IPC_THREAD;
    if (owner == own && ipc_owned > 0) return EDEADLK;
    if (!owner || ipc_is_dead(owner)) {
      uint32_t died = owner ? IPC_OWNER_DIED : seen & IPC_OWNER_DIED;
      uint32_t next = own | died | (seen & IPC_WAITERS) | waiters;
      if (!atomic_compare_exchange_strong(state, &seen, next)) continue;
      return ipc_owned++, died ? EOWNERDEAD : 0;
    }
    if (timeout == 0) return EBUSY;
    uint32_t told = seen | IPC_WAITERS;
    if (told != seen && !atomic_compare_exchange_strong(state, &seen, told))
      continue;
    long slice = ipc_slice(timeout, deadline);
    if (slice == 0) return ETIMEDOUT;
    ipc_futex(state, FUTEX_WAIT, told, slice);
    waiters = IPC_WAITERS; /* others may sleep still */
    seen = atomic_load(state);
  }
}

/* Gives it up, and wakes so many: 0, or EPERM. */
static inline int ipc_give_up(_Atomic uint32_t *state, int count) {
  uint32_t own = ipc_thread(), seen = own;
  if (!atomic_compare_exchange_strong(state, &seen, 0)) {
    do {
      if ((seen & IPC_THREAD) != own) return EPERM;
    } while (!atomic_compare_exchange_strong(state, &seen,
                                             seen & IPC_OWNER_DIED));
    if (seen & IPC_WAITERS) ipc_futex(state, FUTEX_WAKE, count, 0);
  }
  ipc_owned--;
  return 0;
}

static inline int ipc_mutex_open(ipc_mutex *m) { return ipc_open(&m->kind, "MTX"); }

/* 0; EOWNERDEAD, and it is locked; EDEADLK; EBUSY (timeout 0); ETIMEDOUT. */
static inline int ipc_mutex_lock(ipc_mutex *m, long timeout) {
  return ipc_take(&m->state, timeout);
}

/* The data is whole again. */
static inline void ipc_mutex_consistent(ipc_mutex *m) {
  atomic_fetch_and(&m->state, ~IPC_OWNER_DIED);
}

/* 0, or EPERM. */
static inline int ipc_mutex_unlock(ipc_mutex *m) {
  return ipc_give_up(&m->state, 1);
}

#endif
