/* The turn there and back, by a mutex and a condition. */

#include "locks.h"

/* A turn is 0 of him who answers, or else 1 + the phase. */
static void await_turn(int is_mine) {
  while ((shared->turn != 0) == is_mine)
    pthread_cond_wait(&shared->condition, &shared->mutex.pthread);
}

static void round_trip(int phase) {
  lock();
  shared->turn = 1 + phase;
  pthread_cond_signal(&shared->condition);
  await_turn(1);
  unlock();
}

static int answer(void) {
  lock();
  await_turn(0);
  int phase = shared->turn - 1;
  shared->turn = 0;
  pthread_cond_signal(&shared->condition);
  unlock();
  return phase;
}

int main(int argc, char **argv) {
  peer_start(argc, argv);
  int server = is_option("role", "server");
  open_locks(server);
  if (!server) {
    measure_round_trips(round_trip);
    return 0;
  }
  ready();
  answer_round_trips(answer);
  unlink_locks();
}
