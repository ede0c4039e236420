/* System V shared memory and semaphores, and the two ways to wait for one. */

#ifndef SHARED_OBJECTS_H
#define SHARED_OBJECTS_H

#include "pause.h"
#include "peer.h"
#include "sysv_key.h"
#include <errno.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <unistd.h>

typedef int semaphore_t;

static int change(semaphore_t s, short delta, short flags) {
  struct sembuf operation = {0, delta, flags};
  if (semop(s, &operation, 1) == 0) return 1;
  if (errno != EAGAIN && errno != EINTR) fail("semop");
  return 0;
}

static void post(semaphore_t s) { change(s, 1, 0); }

static semaphore_t semaphore(const char *suffix, int create, unsigned value) {
  int flags = 0600 | (create ? IPC_CREAT | IPC_EXCL : 0);
  semaphore_t s = semget(key_of(suffix), 1, flags);
  if (s == -1) fail("semget");
  if (create && value > 0) change(s, (short)value, 0);
  return s;
}

static uint8_t *shared_memory(const char *suffix, int create, size_t size) {
  int flags = 0600 | (create ? IPC_CREAT | IPC_EXCL : 0);
  int id = shmget(key_of(suffix), size, flags);
  if (id == -1) fail("shmget");
  void *p = shmat(id, NULL, 0);
  if (p == (void *)-1) fail("shmat");
  return p;
}

static int try_acquire(semaphore_t s) { return change(s, -1, IPC_NOWAIT); }

static void block(semaphore_t s) {
  while (!change(s, -1, 0)) {
  }
}

static void remove_memory(const char *suffix) {
  shmctl(shmget(key_of(suffix), 0, 0), IPC_RMID, NULL);
}

static void remove_semaphore(const char *suffix) {
  semctl(semget(key_of(suffix), 0, 0), 0, IPC_RMID);
}

/* Where a look is a call of the system. */
#define PAUSES 2

#include "wait_for_semaphore.h"

#endif
