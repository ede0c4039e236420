/* Messages one way through a System V queue. */

#include "sysv_mqueues.h"

static int queue;

static void give(int phase) {
  own[0] = (uint8_t)phase;
  pass(queue, SEND);
}

static int take(void) {
  pass(queue, RECEIVE);
  return own[0];
}

int main(int argc, char **argv) {
  peer_start(argc, argv);
  int receiver = is_option("role", "receiver");
  queue = message_queue("copy", receiver);
  if (receiver) {
    ready();
    measure_receiving(take, (double)size);
    remove_queue(queue);
  } else {
    measure_sending(give);
  }
}
