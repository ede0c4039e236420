/* Messages one way through a queue. */

#include "mqueues.h"

static mqd_t queue;
static uint8_t *own;
static size_t size;

static void give(int phase) {
  own[0] = (uint8_t)phase;
  pass(queue, own, size, POLLOUT);
}

static int take(void) {
  pass(queue, own, size, POLLIN);
  return own[0];
}

int main(int argc, char **argv) {
  peer_start(argc, argv);
  int receiver = is_option("role", "receiver");
  size = (size_t)number_option("size", 64);
  own = calloc(size, 1);
  queue = message_queue("copy", receiver, size);
  if (receiver) {
    ready();
    measure_receiving(take, (double)size);
    remove_queue("copy");
  } else {
    measure_sending(give);
  }
}
