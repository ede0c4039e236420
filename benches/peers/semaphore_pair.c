/* One semaphore, one process: takes one that is there, and gives it back. */

#ifdef SYSV
#include "sysv_shared_objects.h"
#else
#include "shared_objects.h"
#endif

static semaphore_t s;

static void pairs(long times) {
  while (times--) {
    if (!try_acquire(s)) fail("try_acquire");
    post(s);
  }
}

int main(int argc, char **argv) {
  peer_start(argc, argv);
  s = semaphore("lock", 1, 1);
  measure_operation(pairs);
  remove_semaphore("lock");
}
