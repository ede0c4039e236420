/* Shared memory, two semaphores, and the two ways to wait for one. */

#ifndef SHARED_OBJECTS_H
#define SHARED_OBJECTS_H

#include "pause.h"
#include "peer.h"
#include <fcntl.h>
#include <sched.h>
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

static sem_t *semaphore(const char *suffix, int create, unsigned value) {
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

static void block(sem_t *s) {
  while (sem_wait(s) == -1) {
  }
}

/* Looks again after pauses, then after yields, then sleeps. */
static void spin(sem_t *s) {
  if (sem_trywait(s) == 0) return;
  for (int i = 0; i < 50; i++) {
    PAUSE();
    if (sem_trywait(s) == 0) return;
  }
  for (int i = 0; i < 100; i++) {
    sched_yield();
    if (sem_trywait(s) == 0) return;
  }
  block(s);
}

static void (*acquire)(sem_t *) = spin;

static void choose_wait(void) {
  if (is_option("wait", "block")) acquire = block;
}

#endif
