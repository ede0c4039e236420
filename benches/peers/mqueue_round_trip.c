/* Messages there and back through two queues. */

#include "mqueues.h"

static mqd_t there, back;
static uint8_t *own;
static size_t size;

static void round_trip(int phase) {
  own[0] = (uint8_t)phase;
  pass(there, own, size, POLLOUT);
  pass(back, own, size, POLLIN);
}

static int answer(void) {
  pass(there, own, size, POLLIN);
  int phase = own[0];
  pass(back, own, size, POLLOUT);
  return phase;
}

int main(int argc, char **argv) {
  peer_start(argc, argv);
  int server = is_option("role", "server");
  size = (size_t)number_option("size", 64);
  own = calloc(size, 1);
  there = message_queue("there", server, size);
  back = message_queue("back", server, size);
  if (!server) {
    measure_round_trips(round_trip);
    return 0;
  }
  ready();
  answer_round_trips(answer);
  remove_queue("there");
  remove_queue("back");
}
