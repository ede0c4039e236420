/* The two ways to wait for a semaphore of either kind. */

#include <sched.h>

/* Looks again after pauses, then after yields, then sleeps. */
static void spin(semaphore_t s) {
  if (try_acquire(s)) return;
  for (int i = 0; i < PAUSES; i++) {
    PAUSE();
    if (try_acquire(s)) return;
  }
  for (int i = 0; i < 100; i++) {
    sched_yield();
    if (try_acquire(s)) return;
  }
  block(s);
}

static void (*acquire)(semaphore_t) = spin;

static void choose_wait(void) {
  if (is_option("wait", "block")) acquire = block;
}
