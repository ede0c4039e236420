/* One semaphore, one process: takes one that is there, and gives it back. */

#include "shared_objects.h"

static sem_t *s;

static void pairs(long times) {
  while (times--) {
    if (sem_trywait(s) == -1) fail("sem_trywait");
    if (sem_post(s) == -1) fail("sem_post");
  }
}

int main(int argc, char **argv) {
  peer_start(argc, argv);
  s = semaphore("lock", 1, 1);
  measure_operation(pairs);
  sem_unlink(object_name("lock"));
}
