/* POSIX shared memory and semaphores, and the two ways to wait for one. */

#ifndef SHARED_OBJECTS_H
#define SHARED_OBJECTS_H

#include "pause.h"
#include "peer.h"
#include <fcntl.h>
#include <semaphore.h>
#include <sys/mman.h>
#include <unistd.h>

static char *object_name(const char *suffix) {
  static char names[8][64];
  static int used;
  char *name = names[used++ & 7];
  snprintf(name, sizeof names[0], "/%s_%s", option("name", "bench"), suffix);
  return name;
}

typedef sem_t *semaphore_t;

static semaphore_t semaphore(const char *suffix, int create, unsigned value) {
  int flags = create ? O_CREAT | O_EXCL : 0;
  sem_t *s = sem_open(object_name(suffix), flags, 0600, value);
  if (s == SEM_FAILED) fail("sem_open");
  return s;
}

static uint8_t *shared_memory(const char *suffix, int create, size_t size) {
  int flags = O_RDWR | (create ? O_CREAT | O_EXCL : 0);
  int fd = shm_open(object_name(suffix), flags, 0600);
  if (fd == -1) fail("shm_open");
  if (create && ftruncate(fd, (off_t)size) == -1) fail("ftruncate");
  void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (p == MAP_FAILED) fail("mmap");
  close(fd);
  return p;
}

static int try_acquire(semaphore_t s) { return sem_trywait(s) == 0; }

static void block(semaphore_t s) {
  while (sem_wait(s) == -1) {
  }
}

static void post(semaphore_t s) {
  if (sem_post(s) == -1) fail("sem_post");
}

static void remove_memory(const char *suffix) {
  shm_unlink(object_name(suffix));
}

static void remove_semaphore(const char *suffix) {
  sem_unlink(object_name(suffix));
}

/* Where a look is a load. */
#define PAUSES 50

#include "wait_for_semaphore.h"

#endif
