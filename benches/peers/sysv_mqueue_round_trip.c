/* Messages there and back through two System V queues. */

#include "sysv_mqueues.h"

static int there, back;

static void round_trip(int phase) {
  own[0] = (uint8_t)phase;
  pass(there, SEND);
  pass(back, RECEIVE);
}

static int answer(void) {
  pass(there, RECEIVE);
  int phase = own[0];
  pass(back, SEND);
  return phase;
}

int main(int argc, char **argv) {
  peer_start(argc, argv);
  int server = is_option("role", "server");
  there = message_queue("there", server);
  back = message_queue("back", server);
  if (!server) {
    measure_round_trips(round_trip);
    remove_queue(back);
    return 0;
  }
  ready();
  answer_round_trips(answer);
  /* Messages go with their queue, so its receiver removes it. */
  remove_queue(there);
}
