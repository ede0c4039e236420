/*
 * The reader-writer lock of @ipc/lock for C, on the same bytes: see
 * lock/LAYOUT.md, and ipc_lock.h. A thread that reads remembers its slot.
 */
#ifndef IPC_RW_LOCK_H
#define IPC_RW_LOCK_H

#include "ipc_lock.h"
#include <limits.h>

#define IPC_SLOTS 56
#define IPC_WAITING 0x40000000u

typedef struct {
  _Atomic uint32_t kind;      /* "RWL", and the version 1 */
  _Atomic uint32_t namespace; /* where thread numbers mean the same */
  _Atomic uint32_t state;     /* the writer, IPC_OWNER_DIED, IPC_WAITERS */
  _Atomic uint32_t drain;     /* bit 0: the writer may sleep; leaving readers */
  _Atomic uint32_t mark;      /* how many slots were ever used */
  uint32_t reserved[3];       /* 0 */
  _Atomic uint32_t slots[IPC_SLOTS]; /* readers, IPC_WAITING */
} ipc_rw_lock;

static inline int ipc_rw_open(ipc_rw_lock *l) { return ipc_open(&l->kind, "RWL"); }

static inline uint32_t ipc_rw_end(ipc_rw_lock *l) {
  uint32_t mark = atomic_load(&l->mark);
  return mark < IPC_SLOTS ? mark : IPC_SLOTS;
}

/* Frees the slot of a dead reader. */
static inline int ipc_rw_is_freed(ipc_rw_lock *l, uint32_t slot, uint32_t seen) {
  return ipc_is_dead(seen & IPC_THREAD) &&
         atomic_compare_exchange_strong(&l->slots[slot], &seen, 0);
}

/* Takes a slot, as one that reads: its number, or -1. */
static inline int ipc_rw_claim(ipc_rw_lock *l) {
  for (uint32_t slot = 0; slot < IPC_SLOTS; slot++) {
    uint32_t mark = atomic_load(&l->mark), seen = 0;
    while (mark <= slot &&
           !atomic_compare_exchange_strong(&l->mark, &mark, slot + 1));
    if (atomic_compare_exchange_strong(&l->slots[slot], &seen, ipc_thread()))
      return slot;
    if (!ipc_rw_is_freed(l, slot, seen)) continue;
    seen = 0;
    if (atomic_compare_exchange_strong(&l->slots[slot], &seen, ipc_thread()))
      return slot;
  }
  return -1;
}

/* Tells a writer that a reader has left. */
static inline void ipc_rw_signal(ipc_rw_lock *l) {
  if (!(atomic_fetch_add(&l->drain, 2) & 1)) return;
  atomic_fetch_and(&l->drain, ~1u);
  ipc_futex(&l->drain, FUTEX_WAKE, 1, 0);
}

/* Whether nobody writes; a writer that is dead is buried. */
static inline int ipc_rw_is_free(ipc_rw_lock *l) {
  for (uint32_t seen = atomic_load(&l->state), owner;;) {
    if (!(owner = seen & IPC_THREAD)) return 1;
    if (!ipc_is_dead(owner)) return 0;
    if (!atomic_compare_exchange_strong(&l->state, &seen, IPC_OWNER_DIED))
      continue;
    if (seen & IPC_WAITERS) ipc_futex(&l->state, FUTEX_WAKE, INT_MAX, 0);
    return 1;
  }
}

/* Gives the slot back: 0, or EPERM. */
static inline int ipc_rw_free(ipc_rw_lock *l, int slot) {
  uint32_t seen = ipc_thread();
  while (!atomic_compare_exchange_strong(&l->slots[slot], &seen, 0))
    if ((seen & ~IPC_WAITING) != ipc_thread()) return EPERM;
  if (atomic_load(&l->state) & IPC_THREAD) ipc_rw_signal(l);
  return 0;
}

/* One look of a reader: whether it reads. */
static inline int ipc_rw_enter(ipc_rw_lock *l, int *slot) {
  uint32_t own = ipc_thread(), waiting = own | IPC_WAITING;
  if (*slot >= 0) {
    if (atomic_load(&l->slots[*slot]) == own) return 1; /* a writer let it in */
    if (!ipc_rw_is_free(l)) return 0;
    atomic_compare_exchange_strong(&l->slots[*slot], &waiting, own);
  } else if ((*slot = ipc_rw_claim(l)) < 0) {
    return 0;
  }
  /* From here on a writer sees the slot, or is seen here. */
  if (ipc_rw_is_free(l)) return 1;
  atomic_compare_exchange_strong(&l->slots[*slot], &own, own | IPC_WAITING);
  ipc_rw_signal(l);
  return 0;
}

/* 0; EOWNERDEAD: a writer has died, and it reads; EDEADLK; EBUSY; ETIMEDOUT. */
static inline int ipc_rw_read(ipc_rw_lock *l, int *slot, long timeout) {
  if ((atomic_load(&l->state) & IPC_THREAD) == ipc_thread() && ipc_owned > 0)
    return EDEADLK;
  long deadline = timeout > 0 ? ipc_now() + timeout : 0;
  for (*slot = -1; !ipc_rw_enter(l, slot);) {
    long slice = timeout == 0 ? 0 : ipc_slice(timeout, deadline);
    if (slice == 0) {
      if (*slot >= 0) ipc_rw_free(l, *slot);
      return timeout == 0 ? EBUSY : ETIMEDOUT;
    }
    if (*slot < 0) { /* all slots are taken, and nobody tells of a free one */
      usleep(2000);
      continue;
    }
    uint32_t seen = atomic_load(&l->state), told = seen | IPC_WAITERS;
    if (!(seen & IPC_THREAD) ||
        (told != seen && !atomic_compare_exchange_strong(&l->state, &seen, told)))
      continue;
    if (atomic_load(&l->slots[*slot]) == ipc_thread()) continue;
    ipc_futex(&l->state, FUTEX_WAIT, told, slice);
  }
  ipc_owned++;
  return atomic_load(&l->state) & IPC_OWNER_DIED ? EOWNERDEAD : 0;
}

/* 0, or EPERM. */
static inline int ipc_rw_read_no_more(ipc_rw_lock *l, int slot) {
  ipc_owned--;
  return ipc_rw_free(l, slot);
}

/* Whether nobody reads who lives. */
static inline int ipc_rw_is_drained(ipc_rw_lock *l) {
  for (uint32_t slot = 0, end = ipc_rw_end(l); slot < end; slot++) {
    uint32_t seen = atomic_load(&l->slots[slot]);
    if (seen && !(seen & IPC_WAITING) && !ipc_rw_is_freed(l, slot, seen)) return 0;
  }
  return 1;
}

/* Lets in the readers that wait, and then wakes all: 0, or EPERM. */
static inline int ipc_rw_write_no_more(ipc_rw_lock *l) {
  for (uint32_t slot = 0, end = ipc_rw_end(l); slot < end; slot++) {
    uint32_t seen = atomic_load(&l->slots[slot]);
    if (seen & IPC_WAITING)
      atomic_compare_exchange_strong(&l->slots[slot], &seen, seen & ~IPC_WAITING);
  }
  return ipc_give_up(&l->state, INT_MAX);
}

/* As ipc_mutex_lock. */
static inline int ipc_rw_write(ipc_rw_lock *l, long timeout) {
  long deadline = timeout > 0 ? ipc_now() + timeout : 0;
  for (uint32_t slot = 0, end = ipc_rw_end(l); slot < end; slot++)
    if (ipc_owned > 0 && atomic_load(&l->slots[slot]) == ipc_thread()) return EDEADLK;
  int outcome = ipc_take(&l->state, timeout);
  if (outcome != 0 && outcome != EOWNERDEAD) return outcome;
  for (;;) {
    uint32_t seen = atomic_load(&l->drain), told = seen | 1;
    if (ipc_rw_is_drained(l)) return outcome;
    long slice = timeout == 0 ? 0 : ipc_slice(timeout, deadline);
    if (slice == 0) {
      ipc_rw_write_no_more(l);
      return timeout == 0 ? EBUSY : ETIMEDOUT;
    }
    if (atomic_compare_exchange_strong(&l->drain, &seen, told))
      ipc_futex(&l->drain, FUTEX_WAIT, told, slice);
  }
}

/* The data is whole again. */
static inline void ipc_rw_consistent(ipc_rw_lock *l) {
  atomic_fetch_and(&l->state, ~IPC_OWNER_DIED);
}

#endif
