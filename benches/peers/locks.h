/* A lock in shared memory, of pthread or in the layout of @ipc/lock. */

#ifndef LOCKS_H
#define LOCKS_H

#include "../../examples/lock/ipc_lock.h"
#include "shared_objects.h"
#include <pthread.h>

/* What is shared: the locks, and what they guard. */
static struct shared {
  union {
    pthread_mutex_t pthread;
    ipc_mutex ipc;
  } mutex;
  pthread_rwlock_t rw;
  pthread_cond_t condition;
  volatile int32_t turn, stop;
  volatile uint64_t count;
} *shared;

static int is_ipc;

static void lock(void) {
  int number = is_ipc ? ipc_mutex_lock(&shared->mutex.ipc, -1)
                      : pthread_mutex_lock(&shared->mutex.pthread);
  if (number) fail("lock");
}

static void unlock(void) {
  if (is_ipc) ipc_mutex_unlock(&shared->mutex.ipc);
  else pthread_mutex_unlock(&shared->mutex.pthread);
}

/* Kinds: robust and plain are pthread's; ipc is ours. */
static void open_locks(int create) {
  shared = (void *)shared_memory("locks", create, sizeof *shared);
  is_ipc = is_option("kind", "ipc");
  if (is_ipc) {
    if (ipc_mutex_open(&shared->mutex.ipc)) fail("ipc_mutex_open");
  } else if (create) {
    pthread_mutexattr_t mutex;
    pthread_mutexattr_init(&mutex);
    pthread_mutexattr_setpshared(&mutex, PTHREAD_PROCESS_SHARED);
    if (!is_option("kind", "plain"))
      pthread_mutexattr_setrobust(&mutex, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_init(&shared->mutex.pthread, &mutex);
  }
  if (!create) return;
  pthread_rwlockattr_t rw;
  pthread_rwlockattr_init(&rw);
  pthread_rwlockattr_setpshared(&rw, PTHREAD_PROCESS_SHARED);
  pthread_rwlock_init(&shared->rw, &rw);
  pthread_condattr_t condition;
  pthread_condattr_init(&condition);
  pthread_condattr_setpshared(&condition, PTHREAD_PROCESS_SHARED);
  pthread_cond_init(&shared->condition, &condition);
}

static void unlink_locks(void) { shm_unlink(object_name("locks")); }

#endif
