/*
 * The condition of @ipc/lock for C, on the same bytes: see lock/LAYOUT.md, and
 * ipc_lock.h.
 */
#ifndef IPC_CONDITION_H
#define IPC_CONDITION_H

#include "ipc_lock.h"
#include <limits.h>

#define IPC_SLEEPERS 1u

typedef struct {
  _Atomic uint32_t kind;      /* "CND", and the version 1 */
  _Atomic uint32_t namespace; /* where thread numbers mean the same */
  _Atomic uint32_t state;     /* IPC_SLEEPERS; the rest counts */
  uint32_t reserved;          /* 0 */
} ipc_condition;

static inline int ipc_condition_open(ipc_condition *c) {
  return ipc_open(&c->kind, "CND");
}

/*
 * With the mutex locked, which it is again afterwards: 0; ETIMEDOUT;
 * EOWNERDEAD, if the mutex says so; EPERM.
 */
static inline int ipc_condition_wait(ipc_condition *c, ipc_mutex *m, long timeout) {
  long deadline = timeout > 0 ? ipc_now() + timeout : 0;
  uint32_t seen = atomic_fetch_or(&c->state, IPC_SLEEPERS) | IPC_SLEEPERS;
  int outcome = ipc_mutex_unlock(m);
  if (outcome != 0) return outcome;
  while ((atomic_fetch_or(&c->state, IPC_SLEEPERS) | IPC_SLEEPERS) == seen) {
    long slice = timeout == 0 ? 0 : ipc_slice(timeout, deadline);
    if (slice == 0) {
      outcome = ETIMEDOUT;
      break;
    }
    ipc_futex(&c->state, FUTEX_WAIT, seen, slice);
  }
  int died = ipc_mutex_lock(m, -1);
  return died ? died : outcome;
}

static inline void ipc_condition_notify_one(ipc_condition *c) {
  if (!(atomic_load(&c->state) & IPC_SLEEPERS)) return;
  uint32_t now = atomic_fetch_add(&c->state, 2) + 2;
  if (ipc_futex(&c->state, FUTEX_WAKE, 1, 0) != 0) return;
  /* Nobody slept. If one does now, it is told for nothing. */
  if (atomic_compare_exchange_strong(&c->state, &now, now & ~IPC_SLEEPERS))
    ipc_futex(&c->state, FUTEX_WAKE, INT_MAX, 0);
}

static inline void ipc_condition_notify_all(ipc_condition *c) {
  uint32_t seen = atomic_load(&c->state);
  do {
    if (!(seen & IPC_SLEEPERS)) return;
  } while (!atomic_compare_exchange_strong(&c->state, &seen,
                                           (seen + 131072) & ~IPC_SLEEPERS));
  ipc_futex(&c->state, FUTEX_WAKE, INT_MAX, 0);
}

#endif
